import { loadProviders } from '../../src/providers/index.ts';
import { testProvider } from './provider.ts';

for (const { id } of await loadProviders()) await testProvider(id);
