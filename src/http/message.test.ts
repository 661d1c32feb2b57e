import { expect, it } from 'vitest';
import { toMessage } from './message.ts';

const to = (request: object) =>
  toMessage({ method: 'POST', path: '/a', ...request } as never, '/api', { x: '1' }, 'shop');

it('puts JSON, a form or nothing into a request, and says which', () => {
  const [path, method] = ['/api/a', 'POST'];
  expect(to({})).toEqual({ path, method, headers: { x: '1' } });
  expect(to({ json: { a: 'é' } })).toEqual({
    ...{ path, method, body: '{"a":"é"}' },
    headers: { x: '1', 'content-type': 'application/json; charset=utf-8' },
  });
  expect(to({ form: { a: 'b c', d: '&' }, query: { q: 'a/b' } })).toEqual({
    ...{ path: '/api/a?q=a%2Fb', method, body: 'a=b+c&d=%26' },
    headers: { x: '1', 'content-type': 'application/x-www-form-urlencoded' },
  });
});

it.each(['a', '', '/ ', '/\r\nx: y', '/é', '/\u0000', '/\u007f'])(
  'refuses the path %j, before anything takes it',
  (path) => {
    expect(() => toMessage({ method: 'GET', path } as never, '', {}, 'shop')).toThrow(
      expect.objectContaining({
        ...{ code: 'BAD_USER_INPUT', provider: 'shop' },
        message: 'This can’t be put into a request to the provider.',
      }),
    );
  },
);
