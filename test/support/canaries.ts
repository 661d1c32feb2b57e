import { expect } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Store } from '../../src/store/store.ts';
import { restIn } from './verification.ts';
import type { Answer } from './world.ts';

/** What must not be found where it has no business: everything personal or secret here says "canary", or is collected. */

export const PERSON = {
  ...{ kind: 'BUSINESS', firstName: 'Canaryfirst', lastName: 'Canarylast', companyName: 'Canary & Sons' },
  ...{ email: 'canary@canary.example', phone: '+31612347777', taxId: 'NL859967110B01' },
  address: {
    line1: 'Canarystraat 7a',
    line2: 'Canary floor',
    city: 'Canaryville',
    postalCode: '1987 CN',
    country: 'NL',
  },
};
/** Of the canaries, what doesn't say so. */
export const SILENT_ONES = /612347777|859967110|1987\s?CN/i;
export const CANARY = /canar/i;

/** Whatever an answer holds under a key that names an id, a cursor or a link. */
export function handlesIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, inner] of Object.entries(value)) {
    if (
      typeof inner === 'string' &&
      /^(?!requestId$)(id|.*Id|.*_id|.*[cC]ursor|url|.*Url|.*_url|.*[tT]oken)$/.test(name)
    )
      found.add(inner);
    else handlesIn(inner, found);
  }
  return found;
}

/** Which of these stand in a text; digits by themselves, as they would be found in any time or duration. */
export const found = (text: string, needles: readonly string[]): string[] =>
  needles.filter((needle) =>
    /^\d+$/.test(needle) ? new RegExp(`(?<![\\w.:])${needle}(?![\\w.])`).test(text) : text.includes(needle),
  );

const first = (answer: Answer) => Object.values(answer.data ?? {})[0] as Record<string, unknown>;

function faultless(answer: Answer): Answer {
  expect(answer.errors).toEqual([]);
  expect(first(answer).errors ?? []).toEqual([]);
  return answer;
}

/** Asks as one who may do everything. */
export type Run = (query: string, variables?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Whom the canaries are of, what was a secret of theirs, and with which documents more can be asked. */
export interface Lived {
  readonly id: string;
  /** The providers’ own. */
  readonly providerIds: readonly string[];
  readonly codes: readonly string[];
  readonly links: readonly string[];
  readonly read: string;
  readonly create: string;
  readonly link: string;
}

/**
 * A customer is created, read, found, changed and confirmed, and has pages made: all of it says canary.
 * @param store opens the gateway’s own
 */
export async function live(run: Run, sandbox: Sandbox, store: () => Store | Promise<Store>): Promise<Lived> {
  // Writes, and reads of everything that was written.
  const onboardFlow = {
    customerId: 'cus_canary',
    userId: 'user_canary',
    hasPaymentMethod: true,
    imageUrl: 'https://canary.example/face.png',
  };
  const own = {
    onboardFlow,
    octobat: { name: 'Canary Billing' },
    cycleSoftware: {
      attn: 'Canary attn',
      title: 'Canary title',
      initials: 'C.',
      customerReference: 'canary-ref',
      phoneNumbers: [{ phoneNumber: '0612347777', name: 'canary phone' }],
    },
    dirtyLemon: { phoneCountry: 'NL' },
  };
  const providers = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'];
  const everything = `id displayName firstName lastName companyName email phone taxId address { lines rawCountry }
    octobat { id name email paymentSources { id } } cycleSoftware { attn phoneNumbers { phoneNumberId phoneNumber } } onboardFlow { customerId imageUrl }
    dirtyLemon { phoneNumber unconfirmedPhoneNumber } verification { phone } problems { message } dataQuality { message }
    records { id provider providerId raw extension { id } problem { message } }`;
  const create = `mutation Create($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { ${everything} }
    outcomes { request changes { before after } record { id } } errors { code message field } } }`;
  const input = { ...PERSON, ...own, providers };
  faultless(await run(create, { input: { ...input, dryRun: true } }));
  const created = faultless(await run(create, { input }));
  const { id, records } = first(created).customer as {
    id: string;
    records: { provider: string; providerId: string }[];
  };
  const read = `query Read($id: ID!) { canaryAlias: customer(id: $id) { ${everything} } }`;
  expect((await run(read, { id })).text).toMatch(/Canaryfirst/);
  faultless(await run('query List { customers(first: 5) { edges { cursor node { id } } pageInfo { endCursor } } }'));
  const find = 'query Find($f: CustomerFilter!) { customers(filter: $f) { nodes { id email } } }';
  faultless(await run(find, { f: { providers: ['CYCLE_SOFTWARE'], email: PERSON.email } }));
  faultless(
    await run(find, {
      f: { providers: ['CYCLE_SOFTWARE'], phone: '0612347777', phoneCountry: 'NL', postalCode: '1987CN' },
    }),
  );
  faultless(
    await run(
      'mutation Update($input: UpdateCustomerInput!) { updateCustomer(input: $input) { outcomes { changes { before after } } errors { code } } }',
      {
        input: {
          id,
          companyName: 'Canary & Daughters',
          cycleSoftware: { title: 'Canary title 2' },
          providers: ['OCTOBAT', 'CYCLE_SOFTWARE'],
        },
      },
    ),
  );
  await run('query Lookup($id: String!) { customerByProviderId(provider: ONBOARD_FLOW, providerId: $id) { id } }', {
    id: 'cus_canary',
  });

  // Codes and links.
  const codes = ['canary-code'];
  const confirm =
    'mutation Confirm($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) { customer { id } errors { code message } } }';
  await run(confirm, { input: { id, confirmationToken: 'canary-code' } });
  await restIn(await store(), records);
  faultless(
    await run(
      'mutation Again($input: RequestCustomerConfirmationInput!) { requestCustomerConfirmation(input: $input) { errors { code } } }',
      { input: { id } },
    ),
  );
  for (const { text } of sandbox.provider('dirty-lemon').messages) codes.push(/\d{4,}/.exec(text)?.[0] ?? '');
  faultless(await run(confirm, { input: { id, confirmationToken: codes.at(-1) } }));
  const link =
    'mutation Link($input: CreateSelfServiceLinkInput!) { createSelfServiceLink(input: $input) { url errors { code } } }';
  const kinds = ['CARD', 'BILLING_ADDRESS', 'SHIPPING_ADDRESS', 'BILLING_PAGE'];
  const links: string[] = [];
  for (const kind of kinds)
    links.push(
      String(first(faultless(await run(link, { input: { id, kind } }, { 'x-request-id': `link-${kind}` }))).url),
    );
  expect(links.every((text) => URL.canParse(text))).toBe(true);
  const providerIds = records.map(({ providerId }) => providerId);
  return { id, providerIds, codes, links, read, create, link };
}
