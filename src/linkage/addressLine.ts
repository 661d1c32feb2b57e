import { fold } from '../model/fold.ts';

export interface AddressLine {
  readonly street: string | null;
  /** With what follows it: "12", "12 b". */
  readonly houseNumber: string | null;
}

const NUMBER = /^\d+\p{L}{0,2}$/u;
const ORDINAL = /^\d+(?:e|er|st|nd|rd|th|de|ste)$/;
const SUFFIX = /^(?:\d+\p{L}?|\p{L}|bis|ter|hs)$/u;

/**
 * An address line, folded and taken apart: "12b Main Street", "Hauptstraße 12 b", "12, rue du 8 mai 1945". A number
 * that the line begins with is the house's; otherwise it is the last one, with what follows if that is a suffix.
 */
export function addressLine(line: string | null): AddressLine {
  const words = fold(line)?.split(' ') ?? [];
  const isNumber = (word: string): boolean => NUMBER.test(word) && !ORDINAL.test(word);
  const at = words[0] !== undefined && isNumber(words[0]) ? 0 : words.findLastIndex(isNumber);
  if (at < 0) return { street: words.join(' ') || null, houseNumber: null };
  const start = at > 1 && SUFFIX.test(words[at] ?? '') && isNumber(words[at - 1] ?? '') ? at - 1 : at;
  let end = start + 1;
  while (end < words.length && SUFFIX.test(words[end] ?? '')) end += 1;
  const street = [...words.slice(0, start), ...words.slice(end)].join(' ');
  return { street: street || null, houseNumber: words.slice(start, end).join(' ') };
}
