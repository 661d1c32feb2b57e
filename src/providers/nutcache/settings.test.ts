import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countries, organizationGuid, readPath } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'nutcache-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, content);
  return path;
}

const problem = (schema: typeof countries.schema | typeof readPath.schema, value: string | undefined) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message);

describe('COUNTRIES', () => {
  it('NC-1 reads the numbers and their codes', () => {
    expect(countries.schema.parse(file('{"40":"CA","2":"US"}'))).toEqual(
      new Map([
        ['40', 'CA'],
        ['2', 'US'],
      ]),
    );
    expect(countries.schema.parse(undefined)).toBeNull();
  });

  it('NC-1 tells a file that can’t be used, without its name or content', () => {
    expect(problem(countries.schema, join(folder, 'absent.json'))).toEqual(['names a file that can’t be read']);
    expect(problem(countries.schema, folder)).toEqual(['names a file that can’t be read']);
    expect(problem(countries.schema, file('{"40": secret'))).toEqual(['names a file that is not JSON']);
    for (const content of [
      '[]',
      'null',
      '"CA"',
      '{"40":"ca"}',
      '{"40":"XX"}',
      '{"40":"CAN"}',
      '{"40":40}',
      '{"040":"CA"}',
      '{"CA":"40"}',
    ]) {
      const [message, ...others] = problem(countries.schema, file(content)) ?? [];
      expect(others).toEqual([]);
      expect(message).toMatch(/^names a file that must be a JSON object/);
    }
  });
});

describe('READ_PATH', () => {
  it('NC-3 is a path with one :id', () => {
    expect(readPath.schema.parse(undefined)).toBe('/webapi/customers/:id');
    for (const path of ['/api/customers/:id', '/:id', '/v3/:id/view', '/api/customers/:id.json']) {
      expect(readPath.schema.parse(path)).toBe(path);
    }
  });

  it.each([
    '',
    'webapi/:id',
    '/webapi/customers',
    '//evil.example/:id',
    '/:id/:id',
    '/:ident',
    '/../:id',
    '/a b/:id',
    '/x?id=:id',
    '/%2e/:id',
  ])('refuses %j', (path) => {
    expect(problem(readPath.schema, path)).toEqual(['must be a path that starts with / and contains :id once']);
  });
});

describe('ORGANIZATION_GUID', () => {
  it('NC-11 is a GUID, not the number of a customer’s organisation', () => {
    const guid = '846E176E-7C4B-4BFD-A894-C98F2988927E';
    expect(organizationGuid.schema.parse(guid)).toBe(guid);
    for (const value of ['1686', `${guid}\r\nx: y`, `{${guid}}`, '']) {
      expect(organizationGuid.schema.safeParse(value).error?.issues).toMatchObject([{ message: 'must be a GUID' }]);
    }
    expect(organizationGuid.schema.safeParse(undefined).error?.issues).toMatchObject([{ message: 'is missing' }]);
  });
});
