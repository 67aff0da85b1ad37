/** Any text, also an empty one. */
export const ANY_TEXT = Symbol('*');

/** A character, a set of characters, or any text. */
export type Wildcard = string | ((character: string) => boolean) | typeof ANY_TEXT;

/** Any one character. */
export const ANY_CHARACTER: Wildcard = () => true;

/**
 * Whether a pattern matches a whole text. A regular expression would try each length for each wildcard, and never end with a pattern such as
 * `*a*a*a*a*b`. Here only the last wildcard is tried again, which is enough: what an earlier one would match beyond it, the last one matches as well.
 */
export function matchesPattern(pattern: readonly Wildcard[], text: readonly string[] | string): boolean {
  let [at, next] = [0, 0];
  let lastWildcard = -1;
  let lastEnd = 0;
  while (at < text.length) {
    const wildcard = pattern[next];
    if (wildcard === ANY_TEXT) {
      lastWildcard = next++;
      lastEnd = at;
    } else if (wildcard !== undefined && (typeof wildcard === 'string' ? wildcard === text[at] : wildcard(text[at]))) {
      next++;
      at++;
    } else if (lastWildcard < 0) {
      return false;
    } else {
      next = lastWildcard + 1;
      at = ++lastEnd;
    }
  }
  while (pattern[next] === ANY_TEXT) next++;
  return next === pattern.length;
}
