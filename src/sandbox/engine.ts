/**
 * How a provider is simulated: `src/providers/<id>/sandbox.ts` exports `sandbox = defineSandbox({ … })`, and
 * `startSandbox` finds it by its folder. It answers over real HTTP as the provider's document says, quirks included,
 * and shares nothing with the client's side: what the two agree on is only what the document says.
 *
 * Routes are tried in the order they are written, so `/customers/find.json` stands before `/customers/:id.json`.
 * When the document is silent, be as strict as a provider may be; when it contradicts itself, follow its example,
 * and make the other reading a setting if both can be live.
 */
import type { Person, Population } from './people.ts';
import { createRecords, type RecordKeeping, type Records } from './records.ts';
import { type Behaviour, type RunningSandbox, run, type StartOptions } from './simulation.ts';
import { type Answer, answer, type Call } from './wire.ts';

export { countryOf } from './countries.ts';
export { spend, type Usage, unused } from './limits.ts';
export type { Person } from './people.ts';
export { code, mix } from './random.ts';
export type { Records } from './records.ts';
export { type Answer, answer, type BodyOf, type Call, formBody, isBasic, isObject, jsonBody } from './wire.ts';
export { instantIn } from './zone.ts';

/** What can be set to another value of the same type when the sandbox is started. */
export type Settings = Record<string, string | number | boolean>;

/** What a route can see and change. */
export interface World<Row, State, Chosen> {
  /** The provider's customers. Rows are replaced, never changed in place. */
  readonly records: Records<Row>;
  /** Whatever else the provider remembers. */
  readonly state: State;
  readonly settings: Readonly<Chosen>;
  readonly population: Population;
  /** Milliseconds; never the machine's own clock, so that tests can turn it. */
  now(): number;
  /** Sends a person a message, which is how a confirmation token leaves the provider. */
  message(to: string, text: string, id: string): void;
}

/** A provider, simulated. */
export interface Definition<Row, State, Chosen extends Settings> extends RecordKeeping<Row> {
  /** What a client must use, by the end of the setting's name: `API_KEY` is `OCTOBAT_API_KEY`. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly settings: Chosen;
  /** What it remembers besides its customers, at the start and after a reset. */
  readonly state: () => State;
  /** `'GET /customers/:id'` → what answers it. */
  readonly routes: Readonly<Record<string, (call: Call, world: World<Row, State, Chosen>) => Answer>>;
  /** Stands around every call, unknown paths too: authentication, limits, headers. */
  readonly around: (call: Call, world: World<Row, State, Chosen>, next: () => Answer) => Answer;
  /** Where no route fits; `allowed` are the methods that this path has. */
  readonly noRoute: (call: Call, allowed: readonly string[]) => Answer;
  /** The record a call is about, where that is not the route's `:id`. */
  readonly recordId?: (call: Call) => string | undefined;
  /** A failure said in a 200. */
  readonly softError?: (message: string) => unknown;
  /** What tests and the person at the demo may look at, but no client ever sees. */
  readonly views?: Readonly<Record<string, (world: World<Row, State, Chosen>) => unknown>>;
}

/** A provider's sandbox, ready to be started. */
export interface SandboxDefinition {
  start(options: StartOptions): Promise<RunningSandbox>;
}

/** Turns a provider's simulation into something that can be started; types follow from what is written. */
export function defineSandbox<Row, State, Chosen extends Settings>(
  definition: Definition<Row, State, Chosen>,
): SandboxDefinition {
  return {
    start: (options) => {
      const settings = choose(definition.settings, options.settings ?? {}, options.id);
      const behaviour = (message: World<Row, State, Chosen>['message']): Behaviour => {
        const { population, clock, id } = options;
        const world: World<Row, State, Chosen> = {
          records: createRecords(definition, population, id),
          state: definition.state(),
          settings,
          population,
          now: clock,
          message,
        };
        return {
          answer: (call, allowed) =>
            definition.around(call, world, () => {
              const route = call.route === null ? undefined : definition.routes[call.route];
              return route === undefined ? definition.noRoute(call, allowed) : route(call, world);
            }),
          view: (name) => definition.views?.[name]?.(world),
        };
      };
      return run(options, {
        credentials: definition.credentials,
        routes: Object.keys(definition.routes),
        views: Object.keys(definition.views ?? {}),
        examples: Object.keys(definition.examples),
        idOf: definition.id,
        recordId: definition.recordId ?? ((call) => call.params.id),
        softError: definition.softError ?? ((message) => ({ error: message })),
        behaviour,
      });
    },
  };
}

/** Answers 404, or 405 where the path is known, in JSON of the given shape. */
export function notRouted(shape: (message: string) => unknown): (call: Call, allowed: readonly string[]) => Answer {
  return (_, allowed) =>
    allowed.length === 0
      ? answer(404, shape('Not found'))
      : answer(405, shape('Method not allowed'), { allow: allowed.join(', ') });
}

/** A person's whole name, with what stands between. */
export function fullName(person: Pick<Person, 'firstName' | 'insertion' | 'lastName'>): string {
  return [person.firstName, person.insertion, person.lastName].filter((part) => part !== null && part !== '').join(' ');
}

function choose<Chosen extends Settings>(defaults: Chosen, given: Settings, id: string): Chosen {
  for (const [name, value] of Object.entries(given)) {
    const known = defaults[name];
    if (known === undefined)
      throw new Error(
        `The sandbox of ${id} has no setting ${name}: ${Object.keys(defaults).join(', ') || 'it has none'}`,
      );
    if (typeof known !== typeof value) throw new Error(`The setting ${name} of ${id} takes a ${typeof known}`);
  }
  return { ...defaults, ...given };
}
