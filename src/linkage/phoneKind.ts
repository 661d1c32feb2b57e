/**
 * What mobile numbers begin with, behind the country's calling code, by the national numbering plans. Countries whose plan
 * doesn't tell mobiles from other phones, such as those of +1, are not here.
 */
const MOBILE: Readonly<Record<string, RegExp>> = {
  '30': /^69/,
  '31': /^6/,
  '32': /^4[5-9]/,
  '33': /^[67]/,
  '34': /^[67]/,
  '351': /^9/,
  '352': /^6/,
  '353': /^8/,
  '358': /^(?:4|50)/,
  '36': /^(?:20|3[01]|50|70)/,
  '39': /^3/,
  '40': /^7/,
  '41': /^7[5-9]/,
  '420': /^[67]/,
  '43': /^6[5-9]/,
  '44': /^7/,
  '46': /^7/,
  '47': /^[49]/,
  '48': /^(?:45|5[0137]|6[069]|7[2389]|88)/,
  '49': /^1[5-7]/,
  '61': /^4/,
};

/** Whether a number in E.164 is a mobile's or a fixed line's; null where that can't be seen. */
export function phoneKind(phone: string): 'mobile' | 'fixed' | null {
  for (const length of [2, 3]) {
    const mobile = MOBILE[phone.slice(1, 1 + length)];
    if (mobile !== undefined) return mobile.test(phone.slice(1 + length)) ? 'mobile' : 'fixed';
  }
  return null;
}

/** A person has a mobile and a line at home: that those two differ says nothing, nor where they may be those two. */
export function mayBothBeOnes(one: string, other: string): boolean {
  const [kind, otherKind] = [phoneKind(one), phoneKind(other)];
  return kind === null || otherKind === null || kind !== otherKind;
}
