import { defineProvider } from '../../contract/provider.ts';
import { providerUrl, secret } from '../../contract/settings.ts';
import { parseRemembered } from './api.ts';
import { tell } from './client.ts';
import { profile, quality, raw, searched, sharedId } from './mapping.ts';
import { CUSTOMER_ID, onboardFlowInput, schema } from './schema.ts';
import { draftCreate, draftUpdate, FIELDS, wanted } from './writes.ts';

export const provider = defineProvider({
  id: 'onboard-flow',
  title: 'OnboardFlow',
  // OF-2, OF-5: the customer's id at the payment platform; the id in an answer is that of an event.
  idGrammar: CUSTOMER_ID,
  capabilities: {
    READ: { support: 'EMULATED', note: 'What was last sent: OnboardFlow takes events and gives nothing back.' },
    LIST: { support: 'EMULATED', note: 'Known only: those that this gateway has told of.' },
    SEARCH: { support: 'UNSUPPORTED', note: 'OnboardFlow takes events and has no search.' },
    CHANGED_SINCE: { support: 'UNSUPPORTED', note: 'OnboardFlow takes events and tells nothing of its customers.' },
    CREATE: {
      support: 'NATIVE',
      note: 'An event; needs customerId, userId, an email and hasPaymentMethod.',
      fields: FIELDS,
    },
    UPDATE: {
      support: 'NATIVE',
      note: 'An event that tells every field again; a name or image that is not known here is cleared there.',
      fields: FIELDS,
    },
    CONFIRM: { support: 'UNSUPPORTED', note: 'OnboardFlow holds no phone.' },
    REQUEST_CONFIRMATION: { support: 'UNSUPPORTED', note: 'OnboardFlow holds no phone.' },
    SELF_SERVICE_LINK: { support: 'UNSUPPORTED', note: 'OnboardFlow has no page for the customer’s own use.' },
  },
  settings: {
    URL: providerUrl('https://gateway.onboardflow.com'),
    TOKEN: secret('What follows `Token ` in the Authorization header.'),
    // OF-9: it travels in the body, and is a credential all the same.
    SITE_KEY: secret('The key of the OnboardFlow site.'),
  },
  inputs: { create: onboardFlowInput, update: onboardFlowInput },
  connect(settings, tools) {
    // OF-10: Token, not Bearer.
    const transport = tools.transport({ url: settings.URL, headers: { authorization: `Token ${settings.TOKEN}` } });
    return {
      profile,
      quality,
      raw,
      searched,
      sharedId,
      recall: parseRemembered,
      create: {
        wants: wanted,
        draft: draftCreate,
        send: (request, limits) => tell(transport, settings.SITE_KEY, tools.clock, request, limits),
      },
      update: {
        adopts: true,
        wants: (patch, isNew) => (isNew ? wanted(patch) : []),
        writable: ({ sent }) => sent,
        draft: draftUpdate,
        // OF-3: it tells every field again.
        replaces: true,
        // OF-10: the customer is named in the body alone.
        send: (request, _id, limits) => tell(transport, settings.SITE_KEY, tools.clock, request, limits),
      },
      rateLimits: () => [],
      health: transport.health,
      close: transport.close,
    };
  },
  schema,
});
