import type { Ended, Measured } from '../process.ts';

/** How gateways have ended: each by what it was told, and with 0 where it was told to end what it is at. */
export class Ends {
  /** Ended without being told. */
  readonly untold: string[] = [];
  /** Told by SIGTERM, and ended with another code than 0. */
  readonly unclean: string[] = [];

  /** @param stop tells it, and waits until it has ended */
  async watch(
    gateway: Pick<Measured, 'pid' | 'hasEnded'>,
    signal: 'SIGKILL' | 'SIGTERM',
    stop: () => Promise<Ended>,
  ): Promise<void> {
    const wasUntold = gateway.hasEnded();
    const { code } = await stop();
    const how = `gateway ${gateway.pid}: ended with ${code ?? 'a signal'}`;
    if (wasUntold) this.untold.push(how);
    else if (signal === 'SIGTERM' && code !== 0) this.unclean.push(how);
  }
}
