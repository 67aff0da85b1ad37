// Chance that can be had again.

/** Numbers from 0 up to 1, the same for the same seed. https://prng.di.unimi.it/splitmix64.c, with 32 bits */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** One of a list. */
export function oneOf(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** From `least` to `most`. */
export function between(random, least, most) {
  return least + Math.floor(random() * (most - least + 1));
}

export function chance(random, probability) {
  return random() < probability;
}
