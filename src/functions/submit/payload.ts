import { CONTAINER_VARIABLES } from '../../contract/environment';
import { ObjectStore, payloadUri, StoredObject, SubmissionId } from '../../contract/object-store';

/** The parts of a run's input that can be long. */
export interface Values {
  readonly parameters: Record<string, string>;
  readonly environment: Record<string, string>;
}

/** A run's values as they are submitted, and the objects that are put into the bucket before. */
export interface Shortened {
  readonly values: Values;
  readonly objects: StoredObject[];
}

/**
 * Replaces values by the URI of an object that holds them, the longest first, until the job fits. One more object holds all values, short
 * and long. Undefined when the job does not fit even then: a value that is shorter than a URI is never replaced.
 */
export function shorten(given: Values, store: ObjectStore, submission: SubmissionId, fits: (values: Values) => boolean): Shortened | undefined {
  const long = (['parameters', 'environment'] as const)
    .flatMap((kind) => Object.entries(given[kind]).map(([name, value]) => ({ kind, name, value, uri: payloadUri(store, submission, kind, name) })))
    .filter(({ value, uri }) => value.length > uri.length)
    .sort((a, b) => b.value.length - a.value.length || (a.uri < b.uri ? -1 : 1));
  const input = payloadUri(store, submission, 'input.json');
  const without = (count: number): Values => {
    const uris = (kind: keyof Values) => Object.fromEntries(long.slice(0, count).filter((value) => value.kind === kind).map(({ name, uri }) => [name, uri]));
    return {
      parameters: { ...given.parameters, ...uris('parameters') },
      environment: { ...given.environment, ...uris('environment'), [CONTAINER_VARIABLES.INPUT]: input },
    };
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
