/** The patterns of .dockerignore: https://docs.docker.com/build/concepts/context/#dockerignore-files and https://github.com/moby/patternmatcher */
import * as path from 'node:path';
import { readClass } from './character-class';
import { DockerfileError } from './dockerfile-words';
import { endsOf, literal, many, Part } from './glob';

/** Whether a path is to be copied. It is relative, without a slash at its beginning. */
export type PathFilter = (path: string) => boolean;

/** No path is longer. https://man7.org/linux/man-pages/man3/realpath.3.html#NOTES */
const LONGEST_PATTERN = 4_096;

const isNoSlash = (character: string) => character !== '/';

interface Rule {
  readonly includes: boolean;
  readonly parts: readonly Part[];
}

/** All paths but those that the patterns exclude. `!` in front of a pattern includes again. The last pattern that matches decides. */
export function excluding(patterns: readonly string[]): PathFilter {
  const lastFirst = patterns.flatMap(ruleOf).reverse();
  return (file) => {
    const text = [...file];
    return lastFirst.find(({ parts }) => matches(parts, text))?.includes ?? true;
  };
}

/** Only the paths that the pattern matches, and what is in the directories that it matches. */
export function including(pattern: string): PathFilter {
  return excluding(['**', `!${pattern}`]);
}

/** Whether a pattern matches a path, or one of the directories above it. */
function matches(parts: readonly Part[], text: readonly string[]): boolean {
  return endsOf(parts, text).some((end) => end === text.length || (text[end] === '/' && end > 0));
}

function ruleOf(line: string): Rule[] {
  const trimmed = line.trim();
  if (trimmed === '' || line.startsWith('#')) return [];
  const includes = trimmed.startsWith('!');
  const pattern = cleaned(includes ? trimmed.slice(1).trim() : trimmed);
  return pattern === '' ? [] : [{ includes, parts: partsOf(pattern) }];
}

/** As `filepath.Clean` of Go does, without a slash at the beginning. */
function cleaned(pattern: string): string {
  if (pattern === '') return '';
  const normal = path.posix.normalize(pattern);
  const withoutEnd = normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
  return withoutEnd.length > 1 && withoutEnd.startsWith('/') ? withoutEnd.slice(1) : withoutEnd;
}

function partsOf(pattern: string): Part[] {
  const refuse = (reason: string) => new DockerfileError(`the pattern ${pattern.slice(0, 100)} of .dockerignore, or of --exclude, ${reason}`);
  const characters = [...pattern];
  if (characters.length > LONGEST_PATTERN) throw refuse(`has more than ${LONGEST_PATTERN} characters; no path is as long`);
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; at++) {
    const [character, next] = [characters[at], characters[at + 1]];
    if (character === '*' && next === '*') {
      at += characters[at + 2] === '/' ? 2 : 1;
      // At the end everything; elsewhere nothing, or any number of directories with a slash behind them.
      parts.push(...at + 1 === characters.length ? [many()] : [{ jumps: [1, 3] }, many(), literal('/')]);
    } else if (character === '[') {
      const set = readClass(characters, at + 1);
      if (!set) throw refuse('has a [ that cannot be read; put a \\ before it');
      parts.push({ accepts: set.accepts });
      at = set.end - 1;
    } else if (character === '\\' && next !== undefined) {
      parts.push(literal(characters[++at]));
    } else {
      parts.push(character === '*' ? many(isNoSlash) : character === '?' ? { accepts: isNoSlash } : literal(character));
    }
  }
  return parts;
}
