import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What must never be seen. */
export const PASSWORD = 'pw=hunter2';

const octobat = new URL('../../src/providers/octobat/index.ts', import.meta.url).href;

/**
 * A folder of providers with one in it: Octobat, in whose code nearly everything goes wrong, with a password in whatever
 * it throws and in values that no field can hold.
 */
export function brokenProviders(folder: string): URL {
  mkdirSync(join(folder, 'octobat'), { recursive: true });
  writeFileSync(
    join(folder, 'octobat', 'index.ts'),
    `
import { provider as octobat } from '${octobat}';
const text: string = '${PASSWORD}';
const fail = (): never => { throw new Error(text + '\\n    at ' + text + ' (file:///${PASSWORD})', { cause: new Error(text) }); };
export const provider = {
  ...octobat,
  connect(settings, tools) {
    const real = octobat.connect(settings, tools);
    return {
      ...real,
      profile: {
        ...real.profile,
        displayName: fail,
        firstName: () => { throw text; },
        lastName: () => Promise.reject(new Error(text)),
        companyName: () => { throw Object.assign(new Error(text), { code: text, extensions: { code: text, http: { status: 418 } } }); },
        taxId: () => { throw null; },
        email: () => text,
        kind: () => text,
        createdAt: () => text,
        address: () => ({ country: 7, lines: text }),
      },
      // What is read is kept at once: without this, nothing else would be read.
      raw: () => text,
      quality: () => [{ field: 'name', code: text, message: text }],
      create: { ...real.create, draft: fail },
      update: { ...real.update, send: fail },
      async selfServiceLink() { return { url: text, expiresAt: null }; },
      health: fail,
    };
  },
};
`,
  );
  return pathToFileURL(`${folder}/`);
}
