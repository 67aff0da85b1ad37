/**
 * A part of a suite that is long. CI sets SEED to the date, so that each day has another part; `WHOLE=1` is the whole suite.
 */
const SEED = Number(process.env.SEED ?? 1);
const isWhole = Boolean(process.env.WHOLE);

/**
 * The items that are tried: for each kind, one of its items, which depends on the seed. An item may be of several kinds. Says on standard error how many items are left
 * out, and how to try them.
 */
export function sampleOf<T>(title: string, file: string, items: readonly T[], kindsOf: (item: T) => readonly string[], seed = SEED): readonly T[] {
  const sample = isWhole ? items : oneOfEach(items, kindsOf, seed);
  if (sample.length < items.length) {
    process.stderr.write(`${title}: ${sample.length} of ${items.length} are tried (SEED=${seed}); all: WHOLE=1 npx jest ${file}\n`);
  }
  return sample;
}

/** In the order of the items. A kind that has an item already gets no other. */
export function oneOfEach<T>(items: readonly T[], kindsOf: (item: T) => readonly string[], seed: number): readonly T[] {
  const byKind = new Map<string, T[]>();
  for (const item of items) kindsOf(item).forEach((kind) => byKind.set(kind, [...byKind.get(kind) ?? [], item]));
  const chosen = new Set<T>();
  for (const [kind, ofKind] of byKind) {
    if (!ofKind.some((item) => chosen.has(item))) chosen.add(ofKind[(seed + numberOf(kind)) % ofKind.length]);
  }
  return items.filter((item) => chosen.has(item));
}

/** So that not all kinds take their first item on the same day. */
function numberOf(kind: string): number {
  return [...kind].reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) % 65_521, 7);
}
