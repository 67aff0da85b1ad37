/** Copies files into an image as engines do: https://github.com/tonistiigi/fsutil/blob/master/copy/copy.go */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SourceTree, withParents } from './build-context';
import { DockerfileError } from './dockerfile-words';
import { entryAt } from './file-entries';
import { ModeChange, modeOf, setMode } from './file-mode';
import { excluding, including, PathFilter } from './ignore-rules';
import { giveTo, Owner } from './owners';
import { RootDirectory } from './root-directory';

export interface CopyOptions {
  readonly owner?: Owner;
  readonly mode?: ModeChange;
  /** Patterns of what is not copied of a directory, relative to it. A file that is a source itself is always copied. */
  readonly excludes?: readonly string[];
  /** The only paths that are copied, with the directories above them, relative to the directory that is copied. */
  readonly includes?: string;
  /** Whether a directory replaces a file or a link of the same name. */
  readonly replace?: boolean;
}

const ROOT: Owner = { uid: 0, gid: 0 };

export class FileCopy {
  private readonly excludes: readonly string[];
  private readonly isExcluded: PathFilter;
  private readonly isIncluded: PathFilter;

  constructor(private readonly tree: SourceTree, private readonly root: RootDirectory, private readonly options: CopyOptions = {}) {
    this.excludes = options.excludes ?? [];
    const kept = excluding(this.excludes);
    this.isExcluded = (relative) => !kept(relative);
    this.isIncluded = options.includes === undefined ? () => true : including(options.includes);
  }

  /**
   * Copies a file to a file, or into a directory; of a directory, what is in it.
   * @param source a path in the tree without wildcards
   * @param destination a path in the image; ends with `/` when it is a directory
   * @returns whether there is such a source
   */
  copy(source: string, destination: string): boolean {
    const from = this.tree.resolve(source);
    const entry = entryAt(from);
    const relative = path.relative(this.tree.directory, from);
    if (!entry || (relative !== '' && !this.tree.has(relative))) return false;
    if (entry.isDirectory()) {
      this.copyEntry(from, '', this.makeDirectory(destination), false);
      return true;
    }
    const name = path.posix.basename(source);
    const isInto = destination.endsWith('/') || this.root.isDirectory(destination);
    const parent = this.makeDirectory(isInto ? destination : path.posix.dirname(destination));
    this.copyEntry(from, '', isInto ? path.join(parent, name) : this.root.resolve(destination), true);
    return true;
  }

  private makeDirectory(imagePath: string): string {
    return this.root.makeDirectory(imagePath, (place) => {
      if (this.options.owner) giveTo(place, this.options.owner);
      if (this.options.mode) setMode(place, this.options.mode(0o755, true));
    });
  }

  /**
   * @param relative the path of the source in the directory that is copied
   * @param isNew whether the metadata of a directory that is there already are replaced
   */
  private copyEntry(from: string, relative: string, to: string, isNew: boolean): void {
    const entry = fs.lstatSync(from);
    const old = entryAt(to);
    if (entry.isDirectory()) {
      this.copyDirectory(from, relative, to, isNew || !old);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      if (old?.isDirectory() && !this.options.replace) throw new DockerfileError(`${this.root.imagePath(to)} is a directory, and a file cannot replace it; copy to ${this.root.imagePath(to)}/`);
      if (old) fs.rmSync(to, { recursive: true });
      if (entry.isFile()) fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
      else fs.symlinkSync(fs.readlinkSync(from), to);
      this.copyAttributes(entry, to);
    }
    // Sockets, pipes and devices are of no use in an image.
  }

  private copyDirectory(from: string, relative: string, to: string, isNew: boolean): void {
    const old = entryAt(to);
    if (old && !old.isDirectory()) {
      if (!this.options.replace) throw new DockerfileError(`${this.root.imagePath(to)} is not a directory, and a directory cannot replace it`);
      fs.rmSync(to);
    }
    if (!old?.isDirectory()) fs.mkdirSync(to);
    const has = this.filterOf(from, relative);
    for (const name of fs.readdirSync(from).sort()) {
      const child = path.posix.join(relative, name);
      if (!has(name)) continue;
      const place = path.join(to, name);
      // A file or a link replaces a link, but a directory of the name /bin is merged into /usr/bin.
      const isDirectory = fs.lstatSync(path.join(from, name)).isDirectory();
      this.copyEntry(path.join(from, name), child, isDirectory ? this.placeOf(place) : place, true);
    }
    // A directory that is only above what is chosen keeps its owner when it is there already.
    const isChosen = relative === '' || (!this.isExcluded(relative) && this.isIncluded(relative));
    if (isNew && (isChosen || !old)) this.copyAttributes(fs.lstatSync(from), to);
    else if (isNew) setMode(to, modeOf(fs.lstatSync(from)));
  }

  private placeOf(place: string): string {
    return path.dirname(place) === this.root.directory ? this.ensureParent(this.root.place(this.root.imagePath(place))) : place;
  }

  private ensureParent(place: string): string {
    this.root.makeDirectory(this.root.imagePath(path.dirname(place)));
    return place;
  }

  /** A directory that is not chosen itself is copied nevertheless when something in it is. */
  private filterOf(from: string, relative: string): PathFilter {
    const top = relative === '' ? from : from.slice(0, -relative.length - 1);
    const place = path.relative(this.tree.directory, top);
    const isChosen: PathFilter = (candidate) => this.tree.has(path.posix.join(place, candidate)) && !this.isExcluded(candidate) && this.isIncluded(candidate);
    const hasExceptions = this.options.includes !== undefined || this.excludes.some((pattern) => pattern.startsWith('!'));
    const chosen = hasExceptions ? withParents(top, isChosen) : isChosen;
    return (name) => chosen(path.posix.join(relative, name));
  }

  private copyAttributes(entry: fs.Stats, to: string): void {
    giveTo(to, this.options.owner ?? (this.tree.keepsOwners ? { uid: entry.uid, gid: entry.gid } : ROOT));
    if (entry.isSymbolicLink()) {
      fs.lutimesSync(to, entry.atime, entry.mtime);
      return;
    }
    const mode = modeOf(entry);
    setMode(to, this.options.mode ? this.options.mode(mode, entry.isDirectory()) : mode);
    fs.utimesSync(to, entry.atime, entry.mtime);
  }
}
