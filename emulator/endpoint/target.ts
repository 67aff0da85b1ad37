/** The target of a request: its path as it was sent, and its query. */
export interface Target {
  /** Not decoded. */
  readonly path: string;
  /** Decoded. */
  readonly query: ReadonlyMap<string, string[]>;
}

/** Bytes. Longer than any key of an object with a presigned query. */
const LONGEST_TARGET = 16_384;

/**
 * Reads the target of a request in the origin form, which is the only one that clients send to a server.
 * https://www.rfc-editor.org/rfc/rfc9112#name-request-target
 *
 * Undefined for another form, and for a target that is not correctly encoded.
 */
export function readTarget(url: string): Target | undefined {
  if (!url.startsWith('/') || url.length > LONGEST_TARGET || /[^!-~]|[#\\]/.test(url)) return undefined;
  const separator = url.indexOf('?');
  const path = separator < 0 ? url : url.slice(0, separator);
  const query = new Map<string, string[]>();
  try {
    decodeURIComponent(path);
    for (const pair of separator < 0 ? [] : url.slice(separator + 1).split('&').filter(Boolean)) {
      const [name, ...value] = pair.split('=');
      // A plus sign is a plus sign: the AWS SDKs encode a space as %20.
      const key = decodeURIComponent(name);
      query.set(key, [...query.get(key) ?? [], decodeURIComponent(value.join('='))]);
    }
  } catch {
    return undefined;
  }
  return query.has('__proto__') ? undefined : { path, query };
}
