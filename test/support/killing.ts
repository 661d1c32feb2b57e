import { expect } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';
import type { Store } from '../../src/store/store.ts';
import { runCommand } from './program.ts';
import { listCalls } from './sync.ts';

/** `clientele sync` in a process of its own, killed (as by kill -9) in the middle of its work. */

const HELD_MS = 60_000;

interface Killing {
  readonly rounds: number;
  readonly seed: number;
  readonly provider: RunningSandbox;
  /** The store that it syncs into, looked at from beside. */
  readonly store: Store;
  /** Opens that store once more, as the next process would. */
  open(): Promise<Store>;
  readonly environment: Record<string, string>;
}

/**
 * Kills it behind a random number of pages, again and again; the store is in order each time. The last one lists everything.
 * @returns how often it was killed before its end, and how often a run went on from a page
 */
export async function killAgainAndAgain(killing: Killing): Promise<{ killed: number; resumed: number }> {
  const { rounds, seed, provider, store, environment } = killing;
  const random = numbers(seed);
  let [killed, resumed] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const pages = 1 + Math.floor(random() * 12);
    provider.clearCalls();
    // However slowly it is killed: it does not come to its end before.
    const fault = provider.fault({ kind: 'silent', skip: pages });
    const program = runCommand(['sync', provider.id], { environment });
    await Promise.race([provider.received(pages + 1), program.ended]);
    program.child.kill('SIGKILL');
    fault.remove();
    if ((await program.ended).signal === 'SIGKILL') killed += 1;
    if (Object.keys(listCalls(provider)[0] ?? {}).length > 0) resumed += 1;

    const opened = await killing.open();
    const known = await opened.page(provider.id, 0, 10_000);
    expect(known.filter(({ hash }) => hash === null)).toEqual([]);
    const state = (await opened.syncState(provider.id)) as { run?: { counts: { seen: number } } } | null;
    expect(known.length >= (state?.run?.counts.seen ?? 0)).toBe(true);
    await opened.close();
    await letGo(store, provider.id);
  }
  const last = runCommand(['sync', provider.id, '--full'], { environment });
  expect(await last.ended).toEqual({ code: 0, signal: null });
  return { killed, resumed };
}

/** Whoever was killed had the right to sync for another minute: here it is over. */
async function letGo(store: Store, provider: string): Promise<void> {
  const far = new Date(Date.now() + 10 * HELD_MS);
  await store.holdSync(provider, 'the test', far, far);
  await store.releaseSync(provider, 'the test');
}

/** Numbers from 0 to 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
