import { keyText, type RecordKey } from '../../ids/ids.ts';
import type { ProviderRecord } from '../record.ts';

/** Records as this process has read them lately, the newest of each. */
export interface Lately {
  /** null: not lately, or its content was another one. @param hash of the content that the store knows it by */
  get(key: RecordKey, hash: string | null): ProviderRecord | null;
  /** @param size of its JSON, in characters */
  set(record: ProviderRecord, hash: string, size: number): void;
  delete(key: RecordKey): void;
}

const MOST = 2_000;
/** Of all together, and of one. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
const LARGEST = 256 * 1024;

export function createLately(): Lately {
  const records = new Map<string, { readonly record: ProviderRecord; readonly hash: string; readonly size: number }>();
  let characters = 0;
  const remove = (text: string): void => {
    characters -= records.get(text)?.size ?? 0;
    records.delete(text);
  };
  return {
    get(key, hash) {
      const found = records.get(keyText(key));
      return found && found.hash === hash ? found.record : null;
    },
    set(record, hash, size) {
      const text = keyText(record.key);
      remove(text);
      if (size > LARGEST) return;
      records.set(text, { record, hash, size });
      characters += size;
      for (const oldest of records.keys()) {
        if (records.size <= MOST && characters <= MOST_CHARACTERS) break;
        remove(oldest);
      }
    },
    delete: (key) => remove(keyText(key)),
  };
}
