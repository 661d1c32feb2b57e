import type { SelfServiceLinkKind } from '../../contract/capabilities.ts';
import { GatewayError } from '../../errors.ts';
import type { RecordKey } from '../../ids/ids.ts';
import { customerOf } from '../customer.ts';
import type { Member } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { chooseRecord, type RecordChoice } from './confirm.ts';
import { notFound, toWriteError, type WriteError } from './outcome.ts';

export interface SelfServiceLink {
  readonly url: string | null;
  readonly expiresAt: Date | null;
  readonly errors: readonly WriteError[];
}

/**
 * Makes a link for this call alone: it goes to the caller and nowhere else, and is never kept or shared. It is audited, and
 * where it can't be, nobody gets it.
 */
export async function createSelfServiceLink(
  operation: Operation,
  choice: RecordChoice,
  kind: SelfServiceLinkKind,
): Promise<SelfServiceLink> {
  const customer = await customerOf(operation, choice.customer);
  const chosen = chooseRecord(
    operation,
    customer,
    choice.record,
    (member) => member.provider.capabilities.SELF_SERVICE_LINK.linkKinds?.includes(kind) ?? false,
  );
  if ('outcomes' in chosen) return failed(chosen.errors);
  const { member, record } = chosen;
  const link = await askForLink(operation, member, record, kind);
  const [error] = link.errors;
  await operation.gateway.store.audit({
    ...{ ...operation.deed, action: 'SELF_SERVICE_LINK', provider: member.id, record, fields: [kind] },
    outcome: error ? `FAILED ${error.code}` : 'DONE',
  });
  return link;
}

async function askForLink(
  operation: Operation,
  member: Member,
  record: RecordKey,
  kind: SelfServiceLinkKind,
): Promise<SelfServiceLink> {
  try {
    const link = await member.connection?.selfServiceLink?.(record.providerId, kind, {
      ...operation.limits,
      isOnce: true,
    });
    if (link) return { ...link, errors: [] };
    return failed([notFound(member)]);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    return failed([toWriteError(thrown, member)]);
  }
}

const failed = (errors: readonly WriteError[]): SelfServiceLink => ({ url: null, expiresAt: null, errors });
