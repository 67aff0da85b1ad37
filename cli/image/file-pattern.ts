/** Patterns of files: those of Go for the sources of COPY. Those of .dockerignore are in ignore-rules.ts. */
import { readClass } from './character-class';
import { ANY_CHARACTER, ANY_TEXT, matchesPattern, Wildcard } from '../../emulator/wildcards';

export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\[^]/g, ''));
}

/** A name without wildcards, which may be escaped. */
export function unescaped(pattern: string): string {
  return pattern.replace(/\\([^])/g, '$1');
}

/** Matches one name of a path, without slashes. As in BuildKit, a pattern that cannot be read matches nothing. https://pkg.go.dev/path/filepath#Match */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const wildcards = wildcardsOf([...pattern]);
  return (name) => wildcards !== undefined && matchesPattern(wildcards, [...name]);
}

function wildcardsOf(characters: readonly string[]): Wildcard[] | undefined {
  const wildcards: Wildcard[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at];
    if (character === '[') {
      const set = readClass(characters, at + 1);
      if (!set) return undefined;
      wildcards.push(set.accepts);
      at = set.end - 1;
    } else if (character === '\\') {
      if (characters[++at] === undefined) return undefined;
      wildcards.push(characters[at]);
    } else {
      wildcards.push(character === '*' ? ANY_TEXT : character === '?' ? ANY_CHARACTER : character);
    }
  }
  return wildcards;
}
