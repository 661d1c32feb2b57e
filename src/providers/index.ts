import { readdirSync } from 'node:fs';
import type { Provider } from '../contract/provider.ts';

/**
 * Every folder beside this file is one provider.
 * @param folder another place to look, for tests
 * @throws Error naming the folder whose `provider` is missing or carries another id
 */
export async function loadProviders(folder: URL = new URL('./', import.meta.url)): Promise<readonly Provider[]> {
  const ids = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    ids.map(async (id) => {
      const { provider } = (await import(new URL(`${id}/index.ts`, folder).href)) as { provider?: Provider };
      if (provider?.id !== id)
        throw new Error(`src/providers/${id}/index.ts must export a provider whose id is '${id}'`);
      return provider;
    }),
  );
}
