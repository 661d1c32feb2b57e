import type { Figure } from '../figure.ts';
import type { Ends } from './ends.ts';
import type { Findings } from './ledger.ts';
import type { Samples } from './samples.ts';

/** What a run has come to. */
interface Ran {
  /** For as long as it was under load. */
  readonly minutes: number;
  /** What callers asked for, and what of it was answered without any error. */
  readonly requests: number;
  readonly clean: number;
  readonly findings: Findings;
  /** Writes that never ended. */
  readonly unsettled: number;
  readonly ends: Pick<Ends, 'untold' | 'unclean'>;
  readonly samples: Samples;
}

/** A tenth of what two shared cores do in any weather: with less, nothing was tried that could have been lost. */
const ACKNOWLEDGED_A_MINUTE = 60;

/** What fails is struck one at a time: most of what is asked does not meet it. */
const CLEAN_SHARE = 0.75;

/** For so long connections are still being opened: what a shorter run holds is shown, and tells nothing. */
const JUDGED_FROM_MINUTES = 5;

/** All of them, in the order in which they are shown: the run is good where none is not met. */
export function figuresOf({ minutes, requests, clean, findings, unsettled, ends, samples }: Ran): readonly Figure[] {
  const { asked, acknowledged, unanswered, unknown, lost, denied, doubled, repeated, open } = findings;
  const least = Math.ceil(ACKNOWLEDGED_A_MINUTE * minutes);
  const share = requests === 0 ? 0 : clean / requests;
  const none = (what: string, count: number): Figure => ({
    ...{ what, value: String(count), target: '0', met: count === 0 },
  });
  const held = (what: string, which: 'rssMb' | 'handles'): Figure => ({
    ...{ what, value: samples.parts(which).join(' ') },
    ...(minutes < JUDGED_FROM_MINUTES
      ? { target: `judged from ${JUDGED_FROM_MINUTES} minutes on` }
      : { target: 'no more in the end', met: samples.isHeld(which) }),
  });
  return [
    {
      ...{ what: 'requests answered without any error', value: `${Math.floor(share * 100)} % of ${requests}` },
      ...{ target: `at least ${CLEAN_SHARE * 100} %`, met: share >= CLEAN_SHARE },
    },
    {
      ...{ what: 'writes acknowledged at a provider', value: String(acknowledged) },
      ...{ target: `at least ${least}`, met: acknowledged >= least },
    },
    {
      what: 'writes asked for, not answered, unknown at a provider',
      value: `${asked}, ${unanswered}, ${unknown}`,
    },
    none('acknowledged and lost', lost.length),
    none('said to have failed, and done', denied.length),
    none('done twice at a provider', doubled.length),
    none('done again when asked for again by the key', repeated.length),
    none('with a key, and not answered for good at the end', open.length),
    none('writes that never ended', unsettled),
    none('gateways told to stop that did not end with 0', ends.unclean.length),
    none('gateways that ended without being told', ends.untold.length),
    held('memory of the gateway that lived on, a sixth of the time each, MB', 'rssMb'),
    held('its file handles', 'handles'),
  ];
}
