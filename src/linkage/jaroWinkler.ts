/** Winkler's: a common beginning of up to four characters counts, a tenth of what is missing for each. */
const PREFIX_LIMIT = 4;
const PREFIX_SHARE = 0.1;

/**
 * How alike two texts are by their UTF-16 units, from 0 (nothing in common) to 1 (the same). Symmetric, and total.
 *
 * W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage"
 * (1990), with its prefix counted at any similarity.
 */
export function jaroWinkler(one: string, other: string): number {
  if (one === other) return 1;
  const similarity = jaro(one, other);
  return similarity + commonPrefix(one, other) * PREFIX_SHARE * (1 - similarity);
}

/** Characters match when they are the same and not further apart than half of the longer text. */
function jaro(one: string, other: string): number {
  // Who is paired with whom depends on who is asked first; the order makes it the same both ways.
  const [first, second] =
    one.length < other.length || (one.length === other.length && one < other) ? [one, other] : [other, one];
  const reach = Math.max(0, Math.floor(second.length / 2) - 1);
  const taken = new Uint8Array(second.length);
  const matched: string[] = [];
  for (let index = 0; index < first.length; index += 1) {
    const end = Math.min(second.length - 1, index + reach);
    for (let place = Math.max(0, index - reach); place <= end; place += 1) {
      if (taken[place] === 1 || first[index] !== second[place]) continue;
      taken[place] = 1;
      matched.push(first.charAt(index));
      break;
    }
  }
  if (matched.length === 0) return 0;
  const share = matched.length;
  const ordered = (share - outOfOrder(matched, second, taken) / 2) / share;
  return (share / first.length + share / second.length + ordered) / 3;
}

function outOfOrder(matched: readonly string[], text: string, taken: Uint8Array): number {
  let next = 0;
  let count = 0;
  for (let place = 0; place < text.length; place += 1) {
    if (taken[place] !== 1) continue;
    if (matched[next] !== text[place]) count += 1;
    next += 1;
  }
  return count;
}

function commonPrefix(one: string, other: string): number {
  let length = 0;
  while (length < PREFIX_LIMIT && length < one.length && one[length] === other[length]) length += 1;
  return length;
}
