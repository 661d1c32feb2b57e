import { INPUT_FIELDS } from '../../contract/capabilities.ts';
import { defineProvider } from '../../contract/provider.ts';
import { choice, providerUrl, secret } from '../../contract/settings.ts';
import { OCTOBAT_ID, octobatCustomer } from './api.ts';
import { getBillingPage, getCustomer, listCustomers, writeCustomer } from './client.ts';
import { profile, quality, raw, searched } from './mapping.ts';
import { octobatInput, schema } from './schema.ts';
import { draftCreate, draftUpdate, made, wanted, writable } from './writes.ts';

export const provider = defineProvider({
  id: 'octobat',
  title: 'Octobat',
  idGrammar: OCTOBAT_ID,
  idsAreUnmistakable: true,
  capabilities: {
    READ: { support: 'NATIVE' },
    LIST: { support: 'NATIVE', note: 'By cursor, 100 a page; says how many there are.' },
    SEARCH: { support: 'UNSUPPORTED', note: 'Octobat has no search.' },
    CHANGED_SINCE: { support: 'UNSUPPORTED', note: 'Octobat keeps no time of creation or change.' },
    CREATE: { support: 'NATIVE', note: 'Needs a country.', fields: INPUT_FIELDS },
    UPDATE: { support: 'NATIVE', note: 'Only the fields that change are sent, and the country.', fields: INPUT_FIELDS },
    CONFIRM: { support: 'UNSUPPORTED', note: 'Octobat does not verify phones.' },
    REQUEST_CONFIRMATION: { support: 'UNSUPPORTED', note: 'Octobat does not verify phones.' },
    SELF_SERVICE_LINK: { support: 'NATIVE', note: 'The page does not expire.', linkKinds: ['BILLING_PAGE'] },
  },
  settings: {
    URL: providerUrl('https://apiv2.octobat.com'),
    API_KEY: secret('The secret key.'),
    UPDATE_METHOD: choice(['PATCH', 'POST'], 'How an update is sent: the document says PATCH, its curl is a POST.'),
  },
  inputs: { create: octobatInput, update: octobatInput },
  connect(settings, tools) {
    const transport = tools.transport({
      url: settings.URL,
      // OC-6: the key is the user, the password is empty.
      headers: { authorization: `Basic ${Buffer.from(`${settings.API_KEY}:`).toString('base64')}` },
    });
    return {
      profile,
      quality,
      raw,
      searched,
      recall: (json) => octobatCustomer.parse(json),
      read: (id, limits) => getCustomer(transport, id, limits),
      list: (page, limits) => listCustomers(transport, page.mark, limits),
      create: { draft: draftCreate, send: (request, limits) => writeCustomer(transport, request, null, limits), made },
      update: {
        wants: wanted,
        writable,
        draft: draftUpdate(settings.UPDATE_METHOD),
        send: (request, id, limits) => writeCustomer(transport, request, id, limits),
      },
      async selfServiceLink(id, _kind, limits) {
        const url = await getBillingPage(transport, settings.URL, id, limits);
        return url === null ? null : { url, expiresAt: null };
      },
      rateLimits: () => [],
      health: transport.health,
      close: transport.close,
    };
  },
  schema,
});
