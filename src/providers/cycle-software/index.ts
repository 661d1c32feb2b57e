import { z } from 'zod';
import { defineProvider, type Setting } from '../../contract/provider.ts';
import { basicCredential, providerUrl } from '../../contract/settings.ts';
import { isTimeZone } from '../../model/date.ts';
import { customer, heldAs, ID_GRAMMAR } from './api.ts';
import { findCustomers, getCustomer, listCustomers, writeCustomer } from './client.ts';
import { createInput, updateInput } from './inputs.ts';
import { profile, quality, raw, searched } from './mapping.ts';
import { createRateLimitRecord } from './rateLimits.ts';
import { schema } from './schema.ts';
import { draftCreate, draftUpdate, HELD_FIELDS, made } from './writes.ts';

const NO_VERIFICATION = 'CycleSoftware does not verify phones.';
const AMSTERDAM = 'Europe/Amsterdam';

const username = basicCredential('The user of the API.');

/** CS-10: the document names no zone; its daily limit begins anew at midnight in Amsterdam. */
const timeZone: Setting<string> = {
  schema: z.string().default(AMSTERDAM).refine(isTimeZone, 'must be an IANA time zone, such as Europe/Amsterdam'),
  about: 'The zone of the provider’s times, which name none.',
  fallback: AMSTERDAM,
};

export const provider = defineProvider({
  id: 'cycle-software',
  title: 'CycleSoftware',
  idGrammar: ID_GRAMMAR,
  capabilities: {
    READ: { support: 'NATIVE' },
    LIST: { support: 'NATIVE', note: 'By offset; offsets shift when customers are written meanwhile.' },
    SEARCH: { support: 'NATIVE', note: 'By phone, email, postal code, country, house number and customer type.' },
    CHANGED_SINCE: { support: 'NATIVE', note: 'On the provider’s local clock, a minute earlier than asked.' },
    CREATE: { support: 'NATIVE', note: 'Needs a last name or a company.', fields: HELD_FIELDS },
    UPDATE: {
      support: 'NATIVE',
      note: 'The whole customer is read, merged and written: a change by others is a CONFLICT where it is seen, and lost where it comes in the last moment.',
      fields: HELD_FIELDS,
    },
    CONFIRM: { support: 'UNSUPPORTED', note: NO_VERIFICATION },
    REQUEST_CONFIRMATION: { support: 'UNSUPPORTED', note: NO_VERIFICATION },
    SELF_SERVICE_LINK: { support: 'UNSUPPORTED', note: 'CycleSoftware has no pages for its customers.' },
  },
  settings: {
    URL: providerUrl('https://api.cyclesoftware.nl'),
    // RFC 7617: everything behind the first colon would be taken for the password.
    USERNAME: { ...username, schema: username.schema.refine((user) => !user.includes(':'), 'must not have a colon') },
    PASSWORD: basicCredential('The password of that user.'),
    TIME_ZONE: timeZone,
  },
  inputs: { create: createInput, update: updateInput },
  connect(settings, tools) {
    const limits = createRateLimitRecord();
    const credentials = Buffer.from(`${settings.USERNAME}:${settings.PASSWORD}`).toString('base64');
    const transport = tools.transport({
      url: settings.URL,
      // CS-21: one scheme; the document's update example has it twice.
      headers: { authorization: `Basic ${credentials}` },
      rateLimitsOf: limits.see,
    });
    const api = { transport, timeZone: settings.TIME_ZONE };
    return {
      profile,
      quality,
      raw,
      searched,
      recall: (json) => heldAs(customer.parse(json), settings.TIME_ZONE),
      read: (id, call) => getCustomer(api, id, call),
      list: (page, call) => listCustomers(api, page, call),
      find: (criteria, call) => findCustomers(api, criteria, call),
      create: { draft: draftCreate, send: (request, call) => writeCustomer(api, request, null, call), made },
      update: {
        // CS-1: whatever is in it is written, what nobody here knows as well.
        replaces: true,
        writable: raw,
        draft: draftUpdate,
        send: (request, id, call) => writeCustomer(api, request, id, call),
      },
      rateLimits: limits.read,
      health: transport.health,
      close: transport.close,
    };
  },
  schema,
});
