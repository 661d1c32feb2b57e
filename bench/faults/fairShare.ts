import type { Figure } from '../figure.ts';
import { byTheClock } from './load.ts';
import { type Answer, idsAt, openStage } from './stage.ts';

const A_DAY = 4_000;
const SECONDS = 20;
const FLAT_OUT_AT_ONCE = 16;
const OTHERS_A_SECOND = 10;

interface Read {
  readonly customerByProviderId: { readonly records: readonly { readonly servedFrom: string }[] } | null;
}

const READ = `query ($providerId: String!) {
  customerByProviderId(provider: CYCLE_SOFTWARE, providerId: $providerId) { records { servedFrom } } }`;

const isLive = ({ data }: Answer<Read>): boolean => data?.customerByProviderId?.records[0]?.servedFrom === 'LIVE';

/** One caller asks for as much as they can, of a provider that grants so many calls a day, while another asks now and then. */
export async function fairShare(): Promise<Figure[]> {
  const stage = await openStage({}, { minutelyLimit: 1_000_000, dailyLimit: A_DAY });
  const ids = idsAt(stage.sandbox, 'cycle-software');
  const providerId = (index: number) => ids[index % ids.length];
  const until = performance.now() + SECONDS * 1_000;
  let asked = 0;
  let calls = 0;
  const flatOut = async (): Promise<void> => {
    while (performance.now() < until) {
      const answer = await stage.ask<Read>(READ, { providerId: providerId(asked++) }, { caller: 'reader' });
      if (isLive(answer)) calls++;
    }
  };
  const others = byTheClock(OTHERS_A_SECOND, SECONDS, (index) =>
    stage.ask<Read>(READ, { providerId: providerId(7 * index) }),
  );
  await Promise.all([others, ...Array.from({ length: FLAT_OUT_AT_ONCE }, flatOut)]);
  const answers = await others;
  const served = (100 * answers.filter(isLive).length) / answers.length;
  await stage.close();
  return [
    {
      what: `one caller flat out (${asked} reads in ${SECONDS} s), a provider that grants ${A_DAY} calls a day: calls made for them`,
      value: String(calls),
      target: `≤ ${A_DAY / 4}`,
      met: calls <= A_DAY / 4,
    },
    {
      what: `of ${answers.length} reads of another caller meanwhile, answered live`,
      value: `${served.toFixed(1)} %`,
      target: '≥ 99 %',
      met: served >= 99,
    },
  ];
}
