import { defineProvider } from '../../contract/provider.ts';
import { choice, providerUrl, secret } from '../../contract/settings.ts';
import { DIRTY_LEMON_ID, dirtyLemonCustomer } from './api.ts';
import {
  confirmCustomer,
  createCustomer,
  generateConfirmation,
  getCustomer,
  getLink,
  updateCustomer,
} from './client.ts';
import { profile, quality, raw, searched, verification } from './mapping.ts';
import { dirtyLemonInput, schema } from './schema.ts';
import { draftCreate, draftUpdate, made, writable } from './writes.ts';

/** DL-2: links are "short and ephemeral", without a number: a cautious estimate, as long as a confirmation's window. */
const LINK_LIFE_MS = 5 * 60_000;

export const provider = defineProvider({
  id: 'dirty-lemon',
  title: 'Dirty Lemon',
  idGrammar: DIRTY_LEMON_ID,
  unusedId: '00000000-0000-4000-8000-000000000000',
  idsAreUnmistakable: true,
  capabilities: {
    READ: { support: 'NATIVE', note: 'Every read makes links as a side effect; they are dropped.' },
    LIST: { support: 'EMULATED', note: 'Known only: what was created here. Dirty Lemon has no list.' },
    SEARCH: { support: 'UNSUPPORTED', note: 'Dirty Lemon has no search.' },
    CHANGED_SINCE: { support: 'UNSUPPORTED', note: 'Dirty Lemon has no list to look for changes in.' },
    CREATE: {
      support: 'NATIVE',
      note: 'Needs a phone, which no other customer has there, and its country.',
      fields: ['firstName', 'lastName', 'email', 'phone'],
    },
    UPDATE: { support: 'NATIVE', note: 'The phone can’t be changed.', fields: ['firstName', 'lastName', 'email'] },
    CONFIRM: { support: 'NATIVE' },
    REQUEST_CONFIRMATION: { support: 'NATIVE', note: 'Messages the customer a code.' },
    SELF_SERVICE_LINK: {
      support: 'NATIVE',
      note: 'Ephemeral; for how long is not documented, five minutes are taken.',
      linkKinds: ['CARD', 'BILLING_ADDRESS', 'SHIPPING_ADDRESS'],
    },
  },
  settings: {
    URL: providerUrl('https://api.dirtylemon.com'),
    TOKEN: secret('The bearer token.'),
    UPDATE_METHOD: choice(['PATCH', 'PUT'], 'How an update is sent: the heading says PATCH, the example is a PUT.'),
  },
  inputs: { create: dirtyLemonInput, phoneRegion: ({ phoneCountry }) => phoneCountry ?? null },
  connect(settings, { clock, transport: transportTo }) {
    const transport = transportTo({ url: settings.URL, headers: { authorization: `Bearer ${settings.TOKEN}` } });
    return {
      profile,
      quality,
      raw,
      verification,
      searched,
      recall: (json) => dirtyLemonCustomer.parse(json),
      read: (id, limits) => getCustomer(transport, id, limits),
      create: { draft: draftCreate, send: (request, limits) => createCustomer(transport, request, limits), made },
      update: {
        writable,
        draft: draftUpdate(settings.UPDATE_METHOD),
        send: (request, id, limits) => updateCustomer(transport, request, id, limits),
      },
      confirm: (id, token, limits) => confirmCustomer(transport, id, token, limits),
      requestConfirmation: (id, limits) => generateConfirmation(transport, id, limits),
      async selfServiceLink(id, kind, limits) {
        const askedAt = clock.now();
        const url = await getLink(transport, settings.URL, id, kind, limits);
        return url === null ? null : { url, expiresAt: new Date(askedAt + LINK_LIFE_MS) };
      },
      rateLimits: () => [],
      health: transport.health,
      close: transport.close,
    };
  },
  schema,
});
