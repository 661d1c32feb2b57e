import { defineProvider } from '../../contract/provider.ts';
import { providerUrl, secret } from '../../contract/settings.ts';
import { nutcacheCustomer } from './api.ts';
import { getCustomer, listCustomers } from './client.ts';
import { profile, quality, raw, searched } from './mapping.ts';
import { schema } from './schema.ts';
import { countries, organizationGuid, readPath } from './settings.ts';

/** NC-12: the document knows no writes, no search and no times. */
const READ_ONLY = 'Nutcache’s customers can only be read.';

export const provider = defineProvider({
  id: 'nutcache',
  title: 'Nutcache',
  idGrammar: /^[1-9][0-9]{0,9}$/,
  capabilities: {
    READ: { support: 'NATIVE' },
    LIST: { support: 'NATIVE', note: 'By next link; never says how many there are.' },
    SEARCH: { support: 'UNSUPPORTED', note: 'Nutcache has no search.' },
    CHANGED_SINCE: { support: 'UNSUPPORTED', note: 'Nutcache keeps no time of creation or change.' },
    CREATE: { support: 'UNSUPPORTED', note: READ_ONLY },
    UPDATE: { support: 'UNSUPPORTED', note: READ_ONLY },
    CONFIRM: { support: 'UNSUPPORTED', note: 'Nutcache does not verify phones.' },
    REQUEST_CONFIRMATION: { support: 'UNSUPPORTED', note: 'Nutcache does not verify phones.' },
    SELF_SERVICE_LINK: { support: 'UNSUPPORTED', note: 'Nutcache has no page for the customer’s own use.' },
  },
  settings: {
    URL: providerUrl('https://devapps.nutcache.com'),
    TOKEN: secret('What follows `nut-basic ` in the Authorization header.'),
    ORGANIZATION_GUID: organizationGuid,
    COUNTRIES: countries,
    READ_PATH: readPath,
  },
  inputs: {},
  connect(settings, tools) {
    const transport = tools.transport({
      url: settings.URL,
      // NC-11: a scheme of its own around a ready-made value; all three headers stand in every example.
      headers: {
        authorization: `nut-basic ${settings.TOKEN}`,
        organizationguid: settings.ORGANIZATION_GUID,
        'api-version': '3',
      },
    });
    return {
      profile: profile(settings.COUNTRIES),
      quality: quality(settings.COUNTRIES),
      raw,
      searched,
      recall: (json) => nutcacheCustomer.parse(json),
      read: (id, limits) => getCustomer(transport, settings.READ_PATH, id, limits),
      list: (page, limits) => listCustomers(transport, settings.URL, page.mark, limits),
      rateLimits: () => [],
      health: transport.health,
      close: transport.close,
    };
  },
  schema,
});
