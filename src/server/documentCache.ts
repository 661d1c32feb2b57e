interface TextCache<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value): void;
}

/** A parsed document takes some seventy times the memory of its text: this much text is a few tens of megabytes. */
const MAX_CHARACTERS = 512 * 1024;
/** What the shortest document takes, in characters of a longer one. */
const CHARACTERS_OF_NONE = 64;

/**
 * Keeps parsed documents by their text, those used last, up to a bound on all their texts together: a bound on their number
 * alone would let a thousand large ones fill the memory.
 */
export function createDocumentCache<Value>(maxCharacters = MAX_CHARACTERS): TextCache<Value> {
  const documents = new Map<string, Value>();
  let characters = 0;
  const drop = (text: string): void => {
    if (documents.delete(text)) characters -= costOf(text);
  };
  return {
    get(text) {
      const document = documents.get(text);
      if (document !== undefined) {
        documents.delete(text);
        documents.set(text, document);
      }
      return document;
    },
    set(text, document) {
      drop(text);
      // One that would push out most of the others is not worth it.
      if (costOf(text) > maxCharacters / 16) return;
      documents.set(text, document);
      characters += costOf(text);
      for (const oldest of documents.keys()) {
        if (characters <= maxCharacters) break;
        drop(oldest);
      }
    },
  };
}

const costOf = (text: string): number => text.length + CHARACTERS_OF_NONE;
