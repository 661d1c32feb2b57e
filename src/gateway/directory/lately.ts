import { keyText, type RecordKey } from '../../ids/ids.ts';
import type { ProviderRecord } from '../record.ts';

/** Records as this process has read them lately, the newest of each. */
export interface Lately {
  /** null: not lately, or its content was another one. @param hash of the content that the store knows it by */
  get(key: RecordKey, hash: string | null): ProviderRecord | null;
  set(record: ProviderRecord, hash: string): void;
  delete(key: RecordKey): void;
}

/** Some kilobytes each. */
const MOST = 2_000;

export function createLately(): Lately {
  const records = new Map<string, { readonly record: ProviderRecord; readonly hash: string }>();
  return {
    get(key, hash) {
      const found = records.get(keyText(key));
      return found && found.hash === hash ? found.record : null;
    },
    set(record, hash) {
      const text = keyText(record.key);
      records.delete(text);
      records.set(text, { record, hash });
      if (records.size > MOST) records.delete(records.keys().next().value ?? '');
    },
    delete: (key) => void records.delete(keyText(key)),
  };
}
