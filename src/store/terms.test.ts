import { expect, it } from 'vitest';
import { readCodes } from '../model/countryNames.ts';
import { loadProviders } from '../providers/index.ts';
import { fact, factsOf, isCommon, providerTerm } from './terms.ts';

it('tells all terms that many records have apart', async () => {
  const terms = [
    ...(await loadProviders()).map(({ id }) => providerTerm(id)),
    ...[...new Set(readCodes().values())].map((code) => `country ${code}`),
    ...['BUSINESS', 'INDIVIDUAL'].map((kind) => `kind ${kind}`),
    ...['ACTIVE', 'INACTIVE'].map((status) => `status ${status}`),
  ];
  expect(terms.length).toBeGreaterThan(250);
  expect(terms.every(isCommon)).toBe(true);
  expect(new Set(terms.map(fact)).size).toBe(terms.length);
  for (const term of terms) expect(factsOf(terms).split(fact(term))).toHaveLength(2);
});

it('takes no other term for such a one', () => {
  expect(factsOf(['email status@example.com', 'postal country', 'alike kind x'])).toBe('');
});
