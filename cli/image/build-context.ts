/** Where COPY and ADD find their sources: the directory that is sent to an engine, without what .dockerignore excludes, or a stage. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DockerfileError } from './dockerfile-words';
import { isDirectoryAt } from './file-entries';
import { hasWildcard, nameMatcher, unescaped } from './file-pattern';
import { excluding, PathFilter } from './ignore-rules';
import { followLinks, RootDirectory } from './root-directory';
import { readText } from './text-file';
import { isWithin } from '../../emulator/is-within';

export interface SourceTree {
  /** The directory on this machine. */
  readonly directory: string;
  /** Whether a path that is relative to the directory is there. */
  readonly has: PathFilter;
  /** Whether the files keep their owners. Those of a context belong to root. */
  readonly keepsOwners: boolean;
  /** Whether the base image has a directory there. What is in it is not in the tree. */
  readonly isOfBase?: (imagePath: string) => boolean;
  /** The path on this machine. All links are followed, inside of the directory. */
  readonly resolve: (imagePath: string) => string;
}

/** A file beside the Dockerfile has precedence. https://docs.docker.com/build/concepts/context/#filename-and-location */
export function buildContext(directory: string, dockerfile: string): SourceTree {
  const real = fs.realpathSync(directory);
  const file = [`${path.join(real, dockerfile)}.dockerignore`, path.join(real, '.dockerignore')].find((candidate) => fs.existsSync(candidate));
  if (file !== undefined && !isWithin(real, fs.realpathSync(file))) throw new DockerfileError(`${file} is a link that leads out of its directory`);
  const patterns = file === undefined ? [] : readText(file).replace(/^\uFEFF/, '').split(/\r?\n/);
  const includes = excluding(patterns);
  // An excluded directory is there when a file in it is included again.
  const has = patterns.some((pattern) => pattern.startsWith('!')) ? withParents(real, includes) : includes;
  return { directory: real, has, resolve: (imagePath) => followLinks(real, imagePath, { has }), keepsOwners: false };
}

export function stageTree(root: RootDirectory): SourceTree {
  const resolve = (imagePath: string) => root.resolve(imagePath);
  return { directory: root.directory, has: () => true, resolve, keepsOwners: true, isOfBase: (imagePath) => root.isOfBase(imagePath) };
}

/** Also has the directories above each path that `includes` has. */
export function withParents(directory: string, includes: PathFilter): PathFilter {
  const known = new Map<string, boolean>();
  const has = (relative: string): boolean => {
    if (includes(relative)) return true;
    const isKnown = known.get(relative);
    if (isKnown !== undefined) return isKnown;
    const place = path.join(directory, relative);
    const isDirectory = isDirectoryAt(place);
    const found = isDirectory && fs.readdirSync(place).some((name) => has(path.posix.join(relative, name)));
    known.set(relative, found);
    return found;
  };
  return has;
}

/**
 * The paths in a tree that a source of COPY names: one without wildcards, and any number with them. Undefined when the directory above the
 * first wildcard does not exist. https://pkg.go.dev/path/filepath#Match
 */
export function matchesOf(tree: SourceTree, source: string): string[] | undefined {
  const names = source.split('/').filter(Boolean);
  const first = names.findIndex(hasWildcard);
  if (first < 0) return [`/${names.map(unescaped).join('/')}`];
  const top = tree.resolve(names.slice(0, first).map(unescaped).join('/'));
  const start = path.relative(tree.directory, top);
  if (!fs.existsSync(top) || (start !== '' && !tree.has(start))) return undefined;
  let found = [start];
  for (const pattern of names.slice(first)) {
    const matches = nameMatcher(pattern);
    found = found.flatMap((parent) => {
      const place = path.join(tree.directory, parent);
      if (!isDirectoryAt(place)) return [];
      return fs.readdirSync(place).sort().filter(matches).map((name) => path.posix.join(parent, name)).filter(tree.has);
    });
  }
  return found.map((relative) => `/${relative}`);
}
