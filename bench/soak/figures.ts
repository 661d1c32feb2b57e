import type { Figure } from '../figure.ts';
import type { Findings } from './ledger.ts';
import type { Samples } from './samples.ts';

/** @param unsettled writes that never ended */
export function figuresOf(findings: Findings, unsettled: number, samples: Samples): readonly Figure[] {
  const { asked, acknowledged, unanswered, unknown, lost, doubled } = findings;
  const none = (what: string, count: number): Figure => ({
    ...{ what, value: String(count), target: '0', met: count === 0 },
  });
  const held = (what: string, which: 'rssMb' | 'handles'): Figure => ({
    ...{ what, value: samples.parts(which).join(' '), target: 'not more each time', met: !samples.grows(which) },
  });
  return [
    { what: 'writes asked for, acknowledged at a provider', value: `${asked}, ${acknowledged}` },
    { what: 'writes never answered, unknown at a provider', value: `${unanswered}, ${unknown}` },
    none('acknowledged and lost', lost.length),
    none('done twice at a provider', doubled.length),
    none('writes that never ended', unsettled),
    held('memory of the gateway that lived on, a sixth of the time each, MB', 'rssMb'),
    held('its file handles', 'handles'),
  ];
}
