import { hash } from 'node:crypto';
import { badUserInput } from '../errors.ts';
import type { Sealer, Seals } from './seal.ts';

/** A provider's record, by the provider's own id. */
export interface RecordKey {
  /** The provider's id (its folder's name). */
  readonly provider: string;
  readonly providerId: string;
  /** What an id stands for goes no further than `openAs`: spread into another, it would take that one's kind. */
  readonly kind?: never;
}

export const sameKey = (one: RecordKey, other: RecordKey): boolean =>
  one.provider === other.provider && one.providerId === other.providerId;

/** One text for one key: a provider's own name has no colon. */
export const keyText = ({ provider, providerId }: RecordKey): string => `${provider}:${providerId}`;

/**
 * What an id stands for. A customer is named by the record that was first known here; of a write, in the place of the
 * provider's own id stands the one that the store keeps it by.
 */
export type NodeKind = 'customer' | 'record' | 'extension' | 'provider' | 'write';

export interface NodeRef extends Omit<RecordKey, 'kind'> {
  readonly kind: NodeKind;
}

/** The first character of the sealed text: ids of two kinds never coincide, nor an id and a cursor. */
const MARKS: Readonly<Record<NodeKind, string>> = {
  customer: 'c',
  record: 'r',
  extension: 'e',
  provider: 'p',
  write: 'w',
};
const KINDS = new Map(Object.entries(MARKS).map(([kind, mark]) => [mark, kind as NodeKind]));
const CURSOR_MARK = '>';
const FINGERPRINT_MARK = '#';

export interface Ids {
  seal(ref: NodeRef): string;
  /** @throws GatewayError BAD_USER_INPUT when this gateway did not make the id */
  open(id: string): NodeRef;
  /** @throws GatewayError BAD_USER_INPUT also when the id is of another kind */
  openAs(kind: NodeKind, id: string): RecordKey;
  sealCursor(content: readonly unknown[]): string;
  openCursor(cursor: string): readonly unknown[];
  /**
   * Equal for equal JSON, in whatever order its names stand; they tell nothing of it to whoever has not the secret. The first
   * is the one to give and to keep; by the others is known what was given or kept before the secret was changed.
   */
  fingerprints(content: unknown): Seals;
}

export function createIds(sealer: Sealer): Ids {
  const open = (id: string): NodeRef => {
    const text = sealer.open(id) ?? '';
    const kind = KINDS.get(text.charAt(0));
    const split = text.indexOf(':');
    if (!kind || split < 0)
      throw badUserInput('This is not an id that this gateway made. Ids are opaque: use them as they were given.');
    return { kind, provider: text.slice(1, split), providerId: text.slice(split + 1) };
  };
  return {
    seal: ({ kind, provider, providerId }) => sealer.seal(`${MARKS[kind]}${provider}:${providerId}`),
    open,
    openAs(kind, id) {
      const { kind: opened, ...key } = open(id);
      if (opened !== kind) throw badUserInput(`This is the id of a ${opened}, where the id of a ${kind} is needed.`);
      return key;
    },
    sealCursor: (content) => sealer.seal(CURSOR_MARK + JSON.stringify(content)),
    openCursor(cursor) {
      const text = sealer.open(cursor);
      if (text?.charAt(0) !== CURSOR_MARK) throw badUserInput('This is not a cursor that this gateway made.');
      return JSON.parse(text.slice(1)) as unknown[];
    },
    fingerprints: (content) => sealer.seals(FINGERPRINT_MARK + hash('sha256', JSON.stringify(content, inOrder))),
  };
}

/** For JSON: the names of objects in order. */
function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
