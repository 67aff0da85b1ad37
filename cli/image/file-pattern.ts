/** Patterns of files: those of Go for the sources of COPY, and those of .dockerignore. */
import dockerignore from '@balena/dockerignore';

/** Whether a path is to be copied. It is relative, without a slash at its beginning. */
export type PathFilter = (path: string) => boolean;

export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\[^]/g, ''));
}

/** A name without wildcards, which may be escaped. */
export function unescaped(pattern: string): string {
  return pattern.replace(/\\([^])/g, '$1');
}

/** Matches one name of a path, without slashes. https://pkg.go.dev/path/filepath#Match */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/\\([^])|\[(\^?)((?:\\[^]|[^\]\\])+)\]|[*?]|[.+^${}()|[\]\\/]/g, (found, escaped?: string, negation?: string, range?: string) => {
    if (escaped !== undefined) return escaped.replace(/\W/, '\\$&');
    if (range !== undefined) return `[${negation}${range.replace(/\\([^])|[[\]^]/g, (special, character?: string) => `\\${character ?? special}`.replace(/^\\(\w)$/, '$1'))}]`;
    return found === '*' ? '[^]*' : found === '?' ? '[^]' : `\\${found}`;
  });
  try {
    const expression = new RegExp(`^${source}$`, 'u');
    return (name) => expression.test(name);
  } catch {
    return () => false; // as in BuildKit, a pattern that cannot be read matches nothing
  }
}

/** All paths but those that the patterns exclude. `!` in front of a pattern includes again. https://docs.docker.com/build/concepts/context/#dockerignore-files */
export function excluding(patterns: readonly string[]): PathFilter {
  if (patterns.length === 0) return () => true;
  const ignore = dockerignore({ ignorecase: false }).add([...patterns]);
  return (path) => !ignore.ignores(path);
}

/** Only the paths that the pattern matches, and what is in the directories that it matches. */
export function including(pattern: string): PathFilter {
  return excluding(['**', `!${pattern}`]);
}
