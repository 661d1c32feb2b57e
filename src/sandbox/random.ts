/** Chance that can be asked again: the same seed always gives the same customers. */

/** Mixes whole numbers into one of 32 bits. */
export function mix(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** A text as a number to mix. */
export function textHash(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  return hash >>> 0;
}

export interface Dice {
  /** From 0 up to, but not including, `sides`. */
  roll(sides: number): number;
  /** True that often, out of a hundred. */
  percent(often: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** A stream of chance (mulberry32). */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (sides: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % sides;
  };
  return {
    roll,
    percent: (often) => roll(100) < often,
    pick: (items) => items[roll(items.length)] ?? items[0],
  };
}

/** Text of letters and digits that only depends on the number. */
export function code(length: number, ...parts: readonly number[]): string {
  const dice = createDice(mix(...parts));
  let text = '';
  while (text.length < length) text += dice.roll(36).toString(36);
  return text;
}
