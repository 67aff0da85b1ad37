/* eslint-disable no-bitwise */
/** From and to, both included. */
export type Range = readonly [number, number];

/**
 * Numbers that depend on nothing but the seed and what they are for. Two calls that are under way at once may arrive in either order;
 * each gets the same fault all the same, and a seed that failed fails again.
 */
export class Seeded {
  private readonly counts = new Map<string, number>();

  constructor(private readonly seed: string) {}

  /** From 0 up to 1; another one each time that the same thing is asked about. */
  next(about: string): number {
    const count = (this.counts.get(about) ?? 0) + 1;
    this.counts.set(about, count);
    return hash(`${this.seed}/${about}/${count}`) / 2 ** 32;
  }

  chance(probability: number, about: string): boolean {
    return probability >= 1 || (probability > 0 && this.next(about) < probability);
  }

  /** Seconds and days are as likely as each other in a range that has both. */
  between([from, to]: Range, about: string): number {
    if (from === to) return from;
    const at = this.next(about);
    return from > 0 && to > from ? from * (to / from) ** at : from + (to - from) * at;
  }

  pick<T>(list: readonly T[], about: string): T {
    return list[Math.floor(this.next(about) * list.length)];
  }
}

/** A sequence for what asks for numbers without saying for what. https://prng.di.unimi.it/ calls for more; ids and jitter do not. */
export function sequence(seed: string): () => number {
  let state = hash(seed);
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
}

function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return mix(state >>> 0);
}

/** Spreads a difference of one bit over all of them. */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
