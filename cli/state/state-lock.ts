import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import * as path from 'node:path';
import { UsageError } from '../errors';

/** The locks of this process. One with its pid may be of a former process, for example in a container. */
const held = new Set<string>();

/**
 * Takes a directory for this process. Returns what gives it back. One of a process that has died is taken over. The file is written under another name and then linked,
 * so that no process sees a lock without its holder.
 */
export function lock(directory: string): () => void {
  const file = path.join(fs.realpathSync(directory), 'lock');
  const text = `${process.pid} ${hostname()} ${randomUUID()}`;
  const own = nameBeside(file);
  fs.writeFileSync(own, text, { flag: 'wx', mode: 0o600 });
  try {
    while (!isLinked(own, file)) removeOfTheDead(file, directory);
  } finally {
    fs.rmSync(own, { force: true });
  }
  held.add(file);
  return () => {
    if (held.delete(file) && read(file) === text) fs.rmSync(file, { force: true });
  };
}

/** Of two processes that find a dead one, only one moves its file away. The other one may have moved that of a living one, and puts it back. */
function removeOfTheDead(file: string, directory: string): void {
  const text = read(file);
  if (text === undefined) return; // given back meanwhile
  if (!isOfTheDead(file, text)) throw inUse(file, text, directory);
  const moved = nameBeside(file);
  try {
    fs.renameSync(file, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const found = read(moved) ?? '';
  if (found !== text) isLinked(moved, file);
  fs.rmSync(moved, { force: true });
  if (found !== text) throw inUse(file, found, directory);
}

function isOfTheDead(file: string, text: string): boolean {
  const { pid, host } = holderIn(text);
  if (held.has(file) || host !== hostname()) return false;
  return pid === undefined || pid === process.pid || !isAlive(pid);
}

/** A process of another host may live, as far as this one can know. */
function inUse(file: string, text: string, directory: string): UsageError {
  const { pid, host } = holderIn(text);
  if (host === hostname()) {
    return new UsageError(`${directory} is in use by the process ${pid}; stop that heavy-batch serve, or name another directory with --state. If it is another program, delete ${file}`);
  }
  return new UsageError(`${directory} is in use by the process ${pid} of the host ${host}; stop that heavy-batch serve, or name another directory with --state. If it has ended, delete ${file}`);
}

/** The first versions wrote the pid alone. */
function holderIn(text: string): { readonly pid: number | undefined; readonly host: string } {
  const [pid, host = hostname()] = text.split(' ');
  return { pid: Number(pid) || undefined, host };
}

function nameBeside(file: string): string {
  return `${file}.${process.pid}.${randomUUID()}`;
}

/** Gives a file another name, unless there is one with that name. */
function isLinked(file: string, name: string): boolean {
  try {
    fs.linkSync(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined for a file that is gone. */
function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // a process of another user
  }
}
