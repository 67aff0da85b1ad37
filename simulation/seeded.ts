/* eslint-disable no-bitwise */
/** From and to, both included. */
export type Range = readonly [number, number];

/**
 * Random numbers that depend only on the seed and on a key that says what a number is for. fast-check does not offer this: it draws one
 * number after another from one generator, and calls of functions that run at the same time arrive in either order. With a hash of the
 * seed and the key, each call gets the same fault in either order, and a seed that failed fails again.
 */
export class Seeded {
  private readonly counts = new Map<string, number>();

  constructor(private readonly seed: string) {}

  /** From 0 up to 1; a different number each time that the same key is used. */
  next(key: string): number {
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return hash(`${this.seed}/${key}/${count}`) / 2 ** 32;
  }

  chance(probability: number, key: string): boolean {
    return probability >= 1 || (probability > 0 && this.next(key) < probability);
  }

  /** In a range from seconds to days, each order of magnitude is equally likely. */
  between([from, to]: Range, key: string): number {
    if (from === to) return from;
    const share = this.next(key);
    return from > 0 && to > from ? from * (to / from) ** share : from + (to - from) * share;
  }

  pick<T>(list: readonly T[], key: string): T {
    return list[Math.floor(this.next(key) * list.length)];
  }
}

/** A generator for users without keys, which need ids and jitter. For anything better see https://prng.di.unimi.it/. */
export function sequence(seed: string): () => number {
  let state = hash(seed);
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
}

/** FNV-1a, mixed: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return mix(state >>> 0);
}

/** Spreads a difference of one bit over all bits: the finalizer of MurmurHash3. */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
