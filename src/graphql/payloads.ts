import type { Scope } from '../contract/scopes.ts';
import type { Erasure } from '../gateway/writes/erase.ts';
import type { UnlinkResult } from '../gateway/writes/identity.ts';
import type { SelfServiceLink } from '../gateway/writes/link.ts';
import { type WriteResult, writeError } from '../gateway/writes/outcome.ts';

/** What a mutation answers when the caller lacks its scope: nothing was read or sent. Fits every payload. */
export const forbiddenPayload = (scope: Scope): WriteResult & SelfServiceLink & UnlinkResult & Erasure => ({
  customer: null,
  separated: null,
  outcomes: [],
  erasedRecords: null,
  stillHeldBy: null,
  url: null,
  expiresAt: null,
  errors: [writeError('FORBIDDEN', `This takes the scope ${scope}.`)],
});
