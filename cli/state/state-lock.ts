import * as fs from 'node:fs';
import * as path from 'node:path';
import { UsageError } from '../errors';

/** The locks of this process. One with its pid may be of a former process, for example in a container. */
const held = new Set<string>();

/** Takes a directory for this process. Returns what gives it back. One of a process that has died is taken over. */
export function lock(directory: string): () => void {
  const file = path.join(fs.realpathSync(directory), 'lock');
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      held.add(file);
      return () => {
        if (held.delete(file)) fs.rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    removeOfTheDead(file, directory);
  }
}

function removeOfTheDead(file: string, directory: string): void {
  const holder = holderOf(file);
  if (held.has(file) || (holder !== undefined && holder !== process.pid && isAlive(holder))) {
    throw new UsageError(`${directory} is in use by the process ${holder}; stop that heavy-batch serve, or name another directory with --state. If it is another program, delete ${file}`);
  }
  // Of two processes that find a dead one, only one moves its file away. The other one may have moved a living one, and puts it back.
  const moved = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, moved);
    if (holderOf(moved) !== holder) fs.linkSync(moved, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    fs.rmSync(moved, { force: true });
  }
}

/** Undefined for a file that is gone, or that its process has not written. */
function holderOf(file: string): number | undefined {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
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
