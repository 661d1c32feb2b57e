import type { Dice } from '../../src/sandbox/random.ts';

/** What is under way in a round of killRounds.ts: generated, and each told from all others by what it writes. */

export interface Asked {
  /** What stands in every call that it makes a provider write by, and in no other mutation’s. */
  readonly mark: string;
  /** What it writes; null: it is about a phone. */
  readonly email: string | null;
  readonly mutation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Where they happen. */
export interface Scene {
  readonly dice: Dice;
  /** Another one each time. */
  number(): number;
  /** @returns the ids of a customer of its own, here and at Dirty Lemon where it is there */
  make(providers: readonly string[]): Promise<Subject>;
  /** What was last sent to a phone of Dirty Lemon’s. */
  code(lemon: string): string;
  /** Whose code was sent a while ago. */
  readonly waiting: Subject[];
}

export interface Subject {
  readonly id: string;
  readonly lemon: string;
}

const PAYLOAD = `customer { id } outcomes { writeId provider status error { code } } errors { code retryable }`;
export const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ${PAYLOAD} } }`;
const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ${PAYLOAD} } }`;
const REQUEST = `mutation ($input: RequestCustomerConfirmationInput!) {
  requestCustomerConfirmation(input: $input) { ${PAYLOAD} } }`;
const CONFIRM = `mutation ($input: ConfirmCustomerInput!) { confirmCustomer(input: $input) { ${PAYLOAD} } }`;

const CREATING = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON', 'ONBOARD_FLOW'] as const;
const UPDATING = ['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON'] as const;
/** Who asked for a code may have to wait before the next one. */
const ROUNDS_BETWEEN_CODES = 2;

/** What a call to a provider writes, as `Asked.mark` says it, behind the provider's id. */
export const markOfCall = (
  provider: string,
  { path, body }: { readonly path: string; readonly body: string },
): string => `${provider} ${/m\d+@example.com/.exec(body.replaceAll('%40', '@'))?.[0] ?? path}`;

/** A random choice, at least one. */
function some<Item>(dice: Dice, items: readonly [Item, ...Item[]]): Item[] {
  const chosen = items.filter(() => dice.percent(50));
  return chosen.length > 0 ? chosen : [dice.pick(items)];
}

const emailOf = (number: number): string => `m${number}@example.com`;

export function newCustomer(number: number, providers: readonly string[]) {
  const hasOne = (some: readonly string[]): boolean => providers.some((each) => some.includes(each));
  return {
    ...{ firstName: 'Ada', lastName: 'Lovelace', email: emailOf(number), providers },
    ...(hasOne(['OCTOBAT', 'CYCLE_SOFTWARE', 'DIRTY_LEMON']) && { phone: `+3161${String(number).padStart(7, '0')}` }),
    ...(hasOne(['OCTOBAT', 'CYCLE_SOFTWARE']) && { address: { city: 'Amsterdam', country: 'NL' } }),
    ...(hasOne(['ONBOARD_FLOW']) && {
      onboardFlow: { customerId: `cus_${number}`, userId: `user_${number}`, hasPaymentMethod: false },
    }),
  };
}

/** Two creates, three updates, a code to be sent and one to be confirmed, most of them with a key, in any order. */
export async function roundOf(scene: Scene): Promise<readonly Asked[]> {
  const { dice } = scene;
  const asked: Asked[] = [];
  const add = (mutation: string, input: object, mark: string, email: string | null): void => {
    const key = dice.percent(85) ? { idempotencyKey: `key ${scene.number()}` } : {};
    asked.push({ mark, email, mutation, input: { ...input, ...key } });
  };
  for (const _ of [1, 2]) {
    const input = newCustomer(scene.number(), some(dice, CREATING));
    add(CREATE, input, input.email, input.email);
  }
  for (const _ of [1, 2, 3]) {
    const { id } = await scene.make(some(dice, UPDATING));
    const email = emailOf(scene.number());
    add(UPDATE, { id, email }, email, email);
  }
  const pathOf = ({ lemon }: Subject): string => `/v1/customers/${lemon}`;
  scene.waiting.push(await scene.make(['DIRTY_LEMON']));
  const waiting = scene.waiting.length > ROUNDS_BETWEEN_CODES ? scene.waiting.shift() : undefined;
  if (waiting) add(REQUEST, { id: waiting.id }, `${pathOf(waiting)}/generate_confirmation`, null);
  const fresh = await scene.make(['DIRTY_LEMON']);
  const confirmationToken = scene.code(fresh.lemon);
  add(CONFIRM, { id: fresh.id, confirmationToken }, `${pathOf(fresh)}/confirm`, null);
  return asked
    .map((each) => [dice.roll(1_000), each] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, each]) => each);
}
