/** A set of characters of a pattern, such as `[a-z]` or `[^0-9]`. */
export interface CharacterClass {
  readonly accepts: (character: string) => boolean;
  /** The index behind the closing bracket. */
  readonly end: number;
}

/** Reads the set that begins behind a bracket. Undefined for one that Go refuses, too. https://pkg.go.dev/path/filepath#Match */
export function readClass(characters: readonly string[], start: number): CharacterClass | undefined {
  const isNegated = characters[start] === '^';
  const ranges: [string, string][] = [];
  let at = start + (isNegated ? 1 : 0);
  const character = (): string | undefined => {
    const [first, second] = [characters[at], characters[at + 1]];
    if (first === undefined || first === '-' || first === ']' || (first === '\\' && second === undefined)) return undefined;
    at += first === '\\' ? 2 : 1;
    return first === '\\' ? second : first;
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = character();
    if (low === undefined) return undefined;
    const isRange = characters[at] === '-';
    if (isRange) at++;
    const high = isRange ? character() : low;
    if (high === undefined) return undefined;
    ranges.push([low, high]);
  }
  const codeOf = (text: string) => text.codePointAt(0)!;
  const accepts = (text: string) => ranges.some(([low, high]) => codeOf(low) <= codeOf(text) && codeOf(text) <= codeOf(high)) !== isNegated;
  return { accepts, end: at + 1 };
}
