import { expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Operation } from './operation.ts';
import { ReadsUnderWay } from './underWay.ts';

it('keeps nobody who waits for another operation’s answer longer than their own time', async () => {
  const underWay = new ReadsUnderWay();
  const key = { provider: 'octobat', providerId: 'oc_cu_1' };
  const withTime = (leftMs: number) =>
    ({
      leftMs,
      rights: '',
      limits: {},
      gateway: { clock: systemClock },
      allowedAge: () => 60_000,
    }) as unknown as Operation;
  const answer = Promise.withResolvers<null>();
  const first = underWay.share(withTime(10_000), key, null, () => answer.promise);
  const nobody = () => Promise.reject(new Error('asked once more'));
  await expect(underWay.share(withTime(20), key, null, nobody)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  const patient = underWay.share(withTime(10_000), key, null, nobody);
  answer.resolve(null);
  expect(await Promise.all([first, patient])).toEqual([null, null]);
});
