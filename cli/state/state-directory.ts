import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { lock } from './state-lock';
import { UsageError } from '../errors';

/** What the files mean. A version that writes them otherwise has another number, and reads the former ones. */
const FORMAT = 1;
const FORMAT_FILE = 'format.json';
/** A file that is not complete. */
const INCOMPLETE = '.incomplete';

/** Kinds of files: a directory each. */
export const KINDS = ['executions', 'items', 'log-streams', 'objects', 'bodies'] as const;
export type Kind = typeof KINDS[number];

/** The names that `fileNameOf` makes, and those of bodies. Others are of other programs, such as .DS_Store, and stay as they are. */
const JSON_NAME = /^[\da-f]{40}\.json$/;
const BODY_NAME = /^[\da-f]{64}$/;
const INCOMPLETE_NAME = /^([\da-f]{40}\.json|[\da-f]{64})\.incomplete$/;
/** What a process that died while it made the directory may have left, and what does no harm. */
const NOT_OTHERS = /^(\.gitignore|format\.json)(\.incomplete)?$|^lock($|\.)|^\.DS_Store$/;

/** Links are not followed: what they lead to is not of the state. Windows has no such flag. */
const { O_RDONLY, O_WRONLY, O_APPEND, O_NOFOLLOW = 0 } = fs.constants;
/* eslint-disable no-bitwise */
const READ = O_RDONLY | O_NOFOLLOW;
/** A file that is gone is not made again by adding to it: it would have no beginning. */
const APPEND = O_WRONLY | O_APPEND | O_NOFOLLOW;
/* eslint-enable no-bitwise */

/**
 * The directory in which `heavy-batch serve` keeps its state: a file for each execution, item, log stream and object. A file is written beside its place
 * and then moved there, so that a process which dies leaves the former file or the new one.
 */
export class StateDirectory {
  private readonly unlock: () => void;

  constructor(readonly directory: string) {
    try {
      create(directory);
      this.unlock = lock(directory);
    } catch (error) {
      throw cannotKeep(directory, error);
    }
    try {
      this.prepare();
    } catch (error) {
      this.unlock();
      throw cannotKeep(directory, error);
    }
  }

  private prepare(): void {
    const { format } = this.readJson(FORMAT_FILE, ({ format: number }) => Number.isSafeInteger(number)) as { readonly format: number };
    if (format > FORMAT) {
      throw new UsageError(`${this.fileOf(FORMAT_FILE)} says format ${format}, and this version of heavy-batch reads ${FORMAT}; use the newer version, name another directory with --state, or delete ${this.directory} with all runs`);
    }
    for (const kind of KINDS) {
      if (!fs.lstatSync(this.fileOf(kind), { throwIfNoEntry: false })) fs.mkdirSync(this.fileOf(kind), { mode: 0o700 });
      requireOwn(this.fileOf(kind));
      fs.chmodSync(this.fileOf(kind), 0o700);
      this.filesIn(kind, INCOMPLETE_NAME).forEach((name) => this.remove(name));
    }
  }

  /** The files of a kind, as paths in this directory. */
  list(kind: Kind): string[] {
    return this.filesIn(kind, kind === 'bodies' ? BODY_NAME : JSON_NAME);
  }

  private filesIn(kind: Kind, pattern: RegExp): string[] {
    return fs.readdirSync(this.fileOf(kind), { withFileTypes: true }).filter((entry) => entry.isFile() && pattern.test(entry.name)).map(({ name }) => `${kind}/${name}`);
  }

  read(name: string): Buffer {
    try {
      return fs.readFileSync(this.fileOf(name), { flag: READ as unknown as string });
    } catch (error) {
      throw this.damaged(name, `it cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  /** The object in a JSON file, if there is the file. Throws a `UsageError` for a file with anything else. */
  readJson(name: string, isRight: (value: Record<string, any>) => boolean): object {
    try {
      const value = JSON.parse(this.read(name).toString());
      if (isRight(value)) return value;
    } catch (error) {
      if (error instanceof UsageError) throw error;
    }
    throw this.damaged(name, 'it is not what heavy-batch wrote');
  }

  has(name: string): boolean {
    return fs.lstatSync(this.fileOf(name), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  /** Makes the directory of its kind again, if someone has deleted that. */
  write(name: string, content: string | Buffer): void {
    const file = this.fileOf(name);
    try {
      writeFile(file, content);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || fs.existsSync(path.dirname(file))) throw error;
      fs.mkdirSync(path.dirname(file), { mode: 0o700 });
      writeFile(file, content);
    }
  }

  /** Adds to a file that is there. */
  append(name: string, content: string): void {
    fs.appendFileSync(this.fileOf(name), content, { flag: APPEND as unknown as string });
  }

  remove(name: string): void {
    fs.rmSync(this.fileOf(name), { force: true });
  }

  close(): void {
    this.unlock();
  }

  damaged(name: string, why: string): UsageError {
    const file = this.fileOf(name);
    return new UsageError(`${file} is damaged: ${why}. Delete it to go on without what it has, or name another directory with --state`);
  }

  private fileOf(name: string): string {
    return path.join(this.directory, name);
  }
}

/** The name of the file of something. Its id may have any characters, and be longer than a name may be. */
export function fileNameOf(kind: Kind, ...id: string[]): string {
  return `${kind}/${createHash('sha256').update(JSON.stringify(id)).digest('hex').slice(0, 40)}.json`;
}

/** Makes the directory where it is not there. One with other files is not taken. */
function create(directory: string): void {
  if (!fs.lstatSync(path.resolve(directory), { throwIfNoEntry: false })) fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  requireOwn(directory);
  const isNew = !fs.existsSync(path.join(directory, FORMAT_FILE));
  const others = isNew ? fs.readdirSync(directory).filter((name) => !NOT_OTHERS.test(name)) : [];
  if (others.length > 0) throw new UsageError(`${directory} has other files, such as ${others[0]}; name a directory for the state alone with --state`);
  fs.chmodSync(directory, 0o700);
  if (!isNew) return;
  writeFile(path.join(directory, '.gitignore'), '*\n');
  writeFile(path.join(directory, FORMAT_FILE), `${JSON.stringify({ format: FORMAT })}\n`);
}

/** A link may lead anywhere, and what another user has may be changed under the server. */
function requireOwn(directory: string): void {
  const stats = fs.lstatSync(path.resolve(directory));
  if (!stats.isDirectory()) throw new UsageError(`${directory} is a link or a file, and no directory; name another directory with --state`);
  if (process.getuid && stats.uid !== process.getuid()) throw new UsageError(`${directory} is a directory of another user; name another directory with --state`);
}

function cannotKeep(directory: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof UsageError) return error;
  return new UsageError(`the state cannot be kept in ${directory} (${code ?? message}); name another directory with --state, or keep none with --no-state`);
}

/** The file beside it is made anew: one of that name may be a link. */
function writeFile(file: string, content: string | Buffer): void {
  fs.rmSync(`${file}${INCOMPLETE}`, { force: true });
  fs.writeFileSync(`${file}${INCOMPLETE}`, content, { mode: 0o600, flag: 'wx' });
  fs.renameSync(`${file}${INCOMPLETE}`, file);
}
