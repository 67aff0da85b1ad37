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

/**
 * The directory in which `heavy-batch serve` keeps its state: a file for each execution, item, log stream and object. A file is written beside its place
 * and then moved there, so that a process which dies leaves the former file or the new one.
 */
export class StateDirectory {
  private readonly unlock: () => void;

  constructor(readonly directory: string) {
    try {
      create(directory);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`the state cannot be kept in ${directory} (${(error as NodeJS.ErrnoException).code}); name another directory with --state, or keep none with --no-state`);
    }
    this.unlock = lock(directory);
    try {
      this.prepare();
    } catch (error) {
      this.unlock();
      throw error;
    }
  }

  private prepare(): void {
    const { format } = this.readJson(FORMAT_FILE, ({ format: number }) => Number.isSafeInteger(number)) as { readonly format: number };
    if (format > FORMAT) {
      throw new UsageError(`${this.fileOf(FORMAT_FILE)} says format ${format}, and this version of heavy-batch reads ${FORMAT}; use the newer version, name another directory with --state, or delete ${this.directory} with all runs`);
    }
    for (const kind of KINDS) {
      fs.mkdirSync(this.fileOf(kind), { recursive: true, mode: 0o700 });
      fs.readdirSync(this.fileOf(kind)).filter((name) => name.endsWith(INCOMPLETE)).forEach((name) => this.remove(`${kind}/${name}`));
    }
  }

  /** The files of a kind, as paths in this directory. */
  list(kind: Kind): string[] {
    return fs.readdirSync(this.fileOf(kind)).map((name) => `${kind}/${name}`);
  }

  read(name: string): Buffer {
    try {
      return fs.readFileSync(this.fileOf(name));
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
    return fs.existsSync(this.fileOf(name));
  }

  write(name: string, content: string | Buffer): void {
    writeFile(this.fileOf(name), content);
  }

  append(name: string, content: string): void {
    fs.appendFileSync(this.fileOf(name), content, { mode: 0o600 });
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
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (fs.existsSync(path.join(directory, FORMAT_FILE))) return;
  const others = fs.readdirSync(directory).filter((name) => !['.gitignore', 'lock', `${FORMAT_FILE}${INCOMPLETE}`].includes(name));
  if (others.length > 0) throw new UsageError(`${directory} has other files, such as ${others[0]}; name a directory for the state alone with --state`);
  fs.chmodSync(directory, 0o700);
  writeFile(path.join(directory, '.gitignore'), '*\n');
  writeFile(path.join(directory, FORMAT_FILE), `${JSON.stringify({ format: FORMAT })}\n`);
}

function writeFile(file: string, content: string | Buffer): void {
  fs.writeFileSync(`${file}${INCOMPLETE}`, content, { mode: 0o600 });
  fs.renameSync(`${file}${INCOMPLETE}`, file);
}
