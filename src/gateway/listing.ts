import { z } from 'zod';
import { badUserInput, unsupported } from '../errors.ts';
import type { Member } from './gateway.ts';
import type { Operation } from './operation.ts';
import { type Position, pageSize, walk } from './pages.ts';
import type { ProviderRecord } from './record.ts';

const BEGINNING: Position = { mark: null, place: 0 };

const recordsCursor = z.tuple([
  z.literal('records'),
  z.string(),
  z.number().nullable(),
  z.string().nullable(),
  z.number(),
]);

export interface RecordPage {
  readonly items: readonly { readonly record: ProviderRecord; readonly cursor: () => string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
}

/** One provider's records, live, page by page, in its own order. */
export async function listRecords(
  operation: Operation,
  member: Member,
  request: { readonly first: number | null; readonly after: string | null; readonly changedSince: Date | null },
): Promise<RecordPage> {
  const size = pageSize(request.first);
  if (request.changedSince && member.provider.capabilities.CHANGED_SINCE.support !== 'NATIVE') {
    throw unsupported(
      `${member.provider.title} can’t tell what changed since a time. Ask without changedSince.`,
      member.id,
    );
  }
  const { ids } = operation.gateway;
  const since = request.changedSince?.getTime() ?? null;
  let from = BEGINNING;
  if (request.after !== null) {
    const opened = recordsCursor.safeParse(ids.openCursor(request.after));
    if (!opened.success || opened.data[1] !== member.id || opened.data[2] !== since) {
      throw badUserInput('This cursor belongs to another list.');
    }
    from = { mark: opened.data[3], place: opened.data[4] };
  }
  const { items, more, total } = await walk(operation, member, from, size, request.changedSince, async () => true);
  return {
    items: items.map(({ record, after }) => ({
      record,
      cursor: () => ids.sealCursor(['records', member.id, since, after.mark, after.place]),
    })),
    hasNextPage: more,
    hasPreviousPage: request.after !== null,
    totalCount: total,
  };
}
