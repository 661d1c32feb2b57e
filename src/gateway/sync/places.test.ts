import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Places } from './places.ts';

it('has what was added to it and nothing else, however far apart, and as text as well', async () => {
  const place = fc.oneof(fc.nat(64), fc.nat(100_000), fc.nat(2_000_000));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(place, { maxLength: 30 }), async (added) => {
      const places = new Places();
      for (const each of added) places.add(each);
      const read = await Places.fromText(await places.toText());
      const near = added.flatMap((each) => [each - 1, each, each + 1, each * 2]).filter((each) => each >= 0);
      for (const each of [0, ...near])
        expect([each, places.has(each), read.has(each)]).toEqual([each, added.includes(each), added.includes(each)]);
    }),
    { numRuns: 50, endOnFailure: true },
  );
});

it('a million take little room as text, and what is no such text is refused', async () => {
  const places = new Places();
  for (let place = 0; place < 1_000_000; place++) places.add(place);
  expect((await places.toText()).length).toBeLessThan(1_000);
  await expect(Places.fromText('nonsense')).rejects.toThrow();
});
