import * as fs from 'node:fs';
import * as path from 'node:path';
import { unpack } from './archives';
import { matchesOf, SourceTree } from './build-context';
import { CopyOptions, FileCopy } from './copy-files';
import { DockerfileError } from './dockerfile-words';
import { entryAt } from './file-entries';
import { modeChange } from './file-mode';
import { hasWildcard } from './file-pattern';
import { CopyStep } from './image-recipe';
import { ownerOf } from './owners';
import { RootDirectory } from './root-directory';
import { resolvePath } from './steps';

export interface CopyPlaces {
  readonly root: RootDirectory;
  /** Where the sources are. */
  readonly tree: SourceTree;
  /** Whether the base image, or a step that is not followed, may have made more files in the tree. */
  readonly mayHaveMore: boolean;
  /** The directories in which names of users are looked up. */
  readonly roots: readonly string[];
  /** Makes an empty directory that is removed at the end of the build. */
  readonly temporary: () => string;
}

/**
 * Carries out COPY or ADD. https://docs.docker.com/reference/dockerfile/#copy
 * @returns why the instruction is not followed, or only in part
 */
export function followCopy(step: CopyStep, places: CopyPlaces): string | undefined {
  const { sources, documents, destination, from, stage } = step;
  if (from !== undefined && !stage) return `${from} is not a stage of this Dockerfile`;
  const { root } = places;
  const isDirectory = destination.endsWith('/') || root.isDirectory(destination);
  if (sources.length + documents.length > 1 && !isDirectory) {
    throw new DockerfileError(`${step.instruction.summary} has several sources for ${destination}, which is not a directory; end it with /`);
  }
  const options = optionsOf(step, places);
  const reasons = new Set<string>();
  for (const source of sources) {
    const reason = copySource(step, source, options, places);
    if (reason !== undefined) reasons.add(reason);
  }
  for (const { name, content } of documents) {
    const directory = places.temporary();
    fs.writeFileSync(path.join(directory, 'document'), content, { mode: 0o644 });
    const tree = { directory, has: () => true, keepsOwners: false, resolve: () => path.join(directory, 'document') };
    new FileCopy(tree, root, options).copy(name, destination);
  }
  return reasons.size > 0 ? [...reasons].join('; ') : undefined;
}

function optionsOf({ owner, mode, excludes, instruction }: CopyStep, { roots }: CopyPlaces): CopyOptions {
  const change = mode === undefined ? undefined : modeChange(mode, 0);
  if (mode !== undefined && !change) throw new DockerfileError(`--chmod=${mode} of ${instruction.summary} is not a mode; use octal digits such as 755, or changes such as u=rwX,go=rX`);
  return { owner: owner === undefined ? undefined : ownerOf(owner, roots), mode: change, excludes };
}

function copySource(step: CopyStep, source: string, options: CopyOptions, { root, tree, mayHaveMore, temporary }: CopyPlaces): string | undefined {
  const { instruction, destination, stage } = step;
  if (isRemote(source)) {
    if (instruction.keyword === 'COPY') throw new DockerfileError(`${instruction.summary} has the URL ${source}, which only ADD can have`);
    return `${source} is downloaded`;
  }
  const missing = () => {
    const place = resolvePath('/', source);
    if (mayHaveMore) return `${place} is not among the files that the Dockerfile adds to the stage ${step.from}`;
    throw new DockerfileError(`"${place}": not found; it is not in ${stage ? `the stage ${step.from}` : 'the directory of the image, or .dockerignore excludes it'}`);
  };
  if (step.parents) return copyWithParents(source, destination, tree, (includes) => new FileCopy(tree, root, { ...options, includes })) ? undefined : missing();
  const copy = new FileCopy(tree, root, options);
  const matches = matchesOf(tree, resolvePath('/', source));
  // An engine copies nothing when a pattern matches nothing, but the directory of the pattern must exist.
  if (!matches || (matches.length === 0 && mayHaveMore)) return missing();
  for (const match of matches) {
    const place = tree.resolve(match);
    if (step.unpack && entryAt(place)?.isFile() && tree.has(path.relative(tree.directory, place))) {
      const unpacked = unpack(place, temporary);
      if (unpacked.reason !== undefined) return unpacked.reason;
      const { directory } = unpacked;
      if (directory !== undefined) {
        const archive = { directory, has: () => true, keepsOwners: true, resolve: () => directory };
        new FileCopy(archive, root, { owner: options.owner, replace: true }).copy('/', destination);
        continue;
      }
    }
    if (!copy.copy(match, destination)) return missing();
    if (tree.isOfBase?.(match)) return `of ${match} of the stage ${step.from} only what the Dockerfile adds is copied`;
  }
  return undefined;
}

/** The directories of the source are made in the destination, from `/./` on. https://docs.docker.com/reference/dockerfile/#copy---parents */
function copyWithParents(source: string, destination: string, tree: SourceTree, including: (pattern: string) => FileCopy): boolean {
  const pivot = source.indexOf('/./');
  const top = resolvePath('/', pivot < 0 ? '' : source.slice(0, pivot));
  const pattern = resolvePath('/', pivot < 0 ? source : source.slice(pivot + 3)).slice(1);
  if (!hasWildcard(source)) {
    const place = tree.resolve(resolvePath(top, pattern));
    if (!fs.existsSync(place) || !tree.has(path.relative(tree.directory, place))) return false;
  }
  return including(pattern).copy(top, destination);
}

/** https://docs.docker.com/reference/dockerfile/#adding-files-from-a-url */
function isRemote(source: string): boolean {
  return /^(https?|git|ssh):\/\/|^git@[^/]+:/.test(source);
}
