import { ObjectStore, payloadUri, StoredObject } from '../../contract/object-store';

/** What of a run's input can be long. */
export interface Values {
  readonly parameters: Record<string, string>;
  readonly environment: Record<string, string>;
}

/** A run's values as they are submitted, and what is put into the bucket before. */
export interface Shortened {
  readonly values: Values;
  readonly objects: StoredObject[];
}

/** The environment variable with the URI of all that a run gave, when some of it was too long for Batch. */
export const INPUT_VARIABLE = 'HEAVY_BATCH_INPUT';

/**
 * Replaces values by the URI of an object that has them, the longest first, as many as it takes, and puts all of them, short and
 * long, into one more object. Undefined when even that is too long: values that are shorter than a URI stay what they are.
 */
export function shorten(given: Values, store: ObjectStore, jobName: string, fits: (values: Values) => boolean): Shortened | undefined {
  const long = (['parameters', 'environment'] as const)
    .flatMap((kind) => Object.entries(given[kind]).map(([name, value]) => ({ kind, name, value, uri: payloadUri(store, jobName, `${kind}/${encodeURIComponent(name)}`) })))
    .filter(({ value, uri }) => value.length > uri.length)
    .sort((a, b) => b.value.length - a.value.length || (a.uri < b.uri ? -1 : 1));
  const input = payloadUri(store, jobName, 'input.json');
  const without = (count: number): Values => {
    const values: Values = { parameters: { ...given.parameters }, environment: { ...given.environment, [INPUT_VARIABLE]: input } };
    for (const { kind, name, uri } of long.slice(0, count)) values[kind][name] = uri;
    return values;
  };
  let [tooFew, enough] = [0, long.length];
  if (!fits(without(enough))) return undefined;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (fits(without(middle))) enough = middle;
    else tooFew = middle;
  }
  return {
    values: without(enough),
    objects: [{ uri: input, body: JSON.stringify(given) }, ...long.slice(0, enough).map(({ uri, value }) => ({ uri, body: value }))],
  };
}
