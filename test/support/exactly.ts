/** JSON compared to the byte, numbers by what they are worth: no JavaScript holds them all. */

export type Fields = Readonly<Record<string, unknown>>;

/** To the byte, but for how numbers are spelt: those are told by their exact values. */
export const exactly = (json: string): Fields =>
  JSON.parse(json, (_key: string, value: unknown, { source }: { readonly source: string }) =>
    typeof value === 'number' ? { number: decimal(source) } : value,
  ) as Fields;

/** Each property by itself, in the order in which it came. */
export const byProperty = (json: string): ReadonlyMap<string, string> =>
  new Map(Object.entries(exactly(json)).map(([key, value]) => [key, JSON.stringify(value)]));

/** One spelling of a number's exact value. */
function decimal(source: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const bare = digits.replace(/0+$/, '');
  return bare === '' ? '0' : `${sign}${bare}e${Number(exponent) - part.length + digits.length - bare.length}`;
}
