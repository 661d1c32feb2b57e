import { expect, it } from 'vitest';
import { ENOUGH, ISSUED, problemsOf } from '../support/settings.ts';

/** Whether the settings say who may come in, and say it once. */

it('AUTH is required unless something else is said, and then there must be somebody to let in', () => {
  const { AUTH: _, ...rest } = ENOUGH;
  expect(problemsOf({}, rest)).toEqual([
    expect.stringMatching(/^AUTH is required.*API_KEYS_FILE.*JWT_JWKS_URL.*AUTH=none/),
  ]);
  expect(problemsOf({ API_KEYS_FILE: 'x' }, rest)).toEqual([]);
  expect(problemsOf({ AUTH: 'required' })).toHaveLength(1);
});

it('the settings of access tokens go together, and are somebody to let in', () => {
  const { AUTH: _, ...rest } = ENOUGH;
  expect(problemsOf(ISSUED, rest)).toEqual([]);
  for (const name of Object.keys(ISSUED)) {
    const said = [expect.stringMatching(new RegExp(`^${name} is missing`))];
    expect(problemsOf({ ...ISSUED, [name]: '' }, rest)).toEqual(said);
    expect(problemsOf({ ...ISSUED, [name]: undefined }, rest)).toEqual(said);
  }
});

it('AUTH=none lets everyone in, and nothing may say that only some are', () => {
  const said = (names: string) => [`AUTH=none lets everyone in, and ${names} would not: take one or the other out`];
  expect(problemsOf({ API_KEYS_FILE: 'x' })).toEqual(said('API_KEYS_FILE'));
  expect(problemsOf(ISSUED)).toEqual(said('JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE'));
});
