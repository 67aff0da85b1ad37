/**
 * Patterns as state machines. All their states are followed at the same time, so the time is at most the length of the pattern times that of the text,
 * where a regular expression would try each length for each wildcard. https://swtch.com/~rsc/regexp/regexp1.html
 */
export interface Part {
  /** The characters that this part matches. Undefined for a part that only leads to others. */
  readonly accepts?: (character: string) => boolean;
  /** Whether it matches any number of characters. */
  readonly repeats?: boolean;
  /** How many parts further it may also lead, without a character. */
  readonly jumps?: readonly number[];
}

export const literal = (expected: string): Part => ({ accepts: (character) => character === expected });

/** Any number of characters. */
export const many = (accepts: (character: string) => boolean = () => true): Part => ({ accepts, repeats: true });

/** A pattern with the wildcards `*` and `?`, and `\` before a character that is none. */
export function partsOf(pattern: string): Part[] {
  const characters = [...pattern];
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at];
    if (character === '*') parts.push(...parts.at(-1)?.repeats ? [] : [many()]);
    else if (character === '?') parts.push({ accepts: () => true });
    else parts.push(literal(character === '\\' ? characters[++at] ?? '\\' : character));
  }
  return parts;
}

/** The places of a text at which matches end that begin at `from`, in order; with `everywhere`, that begin at any place. */
export function endsOf(parts: readonly Part[], text: readonly string[], { from = 0, everywhere = false } = {}): number[] {
  const ends: number[] = [];
  let active = new Uint8Array(parts.length + 1);
  for (let at = from; ; at++) {
    if (at === from || everywhere) active[0] = 1;
    follow(parts, active);
    if (active[parts.length] === 1) ends.push(at);
    if (at >= text.length || !active.includes(1)) return ends;
    active = after(parts, active, text[at]);
  }
}

/** Adds the parts to which active ones lead without a character. They are further on, so one pass is enough. */
function follow(parts: readonly Part[], active: Uint8Array): void {
  for (let index = 0; index < parts.length; index++) {
    if (active[index] === 0) continue;
    if (parts[index].repeats) active[index + 1] = 1;
    for (const jump of parts[index].jumps ?? []) active[index + jump] = 1;
  }
}

function after(parts: readonly Part[], active: Uint8Array, character: string): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(active.length);
  for (let index = 0; index < parts.length; index++) {
    if (active[index] === 1 && parts[index].accepts?.(character)) next[parts[index].repeats ? index : index + 1] = 1;
  }
  return next;
}

/** Replaces the longest matches, the first one only or all. As in Go, nothing is not replaced right behind what was replaced: `*` is replaced once. */
export function replaceMatches(value: string, parts: readonly Part[], replacement: string, isGlobal: boolean): string {
  const text = [...value];
  // From the end to the beginning: where matches can begin. So no place is tried in vain.
  const starts = new Set(endsOf([...parts].reverse(), [...text].reverse(), { everywhere: true }).map((end) => text.length - end));
  let result = '';
  let behind = -1;
  for (let at = 0; at <= text.length;) {
    const end = starts.has(at) ? endsOf(parts, text, { from: at }).at(-1)! : undefined;
    const isMatch = end !== undefined && (end > at || at !== behind);
    if (isMatch) result += replacement;
    if (isMatch && !isGlobal) return result + text.slice(end).join('');
    if (end !== undefined && end > at) {
      at = behind = end;
    } else {
      result += text[at] ?? '';
      at++;
    }
  }
  return result;
}

/** The value without the shortest or the longest beginning that matches. */
export function withoutPrefix(value: string, parts: readonly Part[], length: 'shortest' | 'longest'): string {
  const text = [...value];
  return text.slice(endsOf(parts, text).at(length === 'shortest' ? 0 : -1) ?? 0).join('');
}

/** The value without the shortest or the longest end that matches. */
export function withoutSuffix(value: string, parts: readonly Part[], length: 'shortest' | 'longest'): string {
  const reversed = [...value].reverse();
  return reversed.slice(endsOf([...parts].reverse(), reversed).at(length === 'shortest' ? 0 : -1) ?? 0).reverse().join('');
}
