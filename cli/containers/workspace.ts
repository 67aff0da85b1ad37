import { ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { UsageError } from '../errors';
import { removeDirectory } from '../remove-directory';

/** What the watchdog does when its standard input ends: it carries out the commands, then it removes the directory. */
const WATCHDOG = 'cat > /dev/null; [ -d "$0" ] || exit 0; for file in "$0"/on-death/*; do [ -f "$file" ] && . "$file"; done 2>/dev/null; '
  + 'sleep 0.2; chmod -R u+rwX "$0" 2>/dev/null; rm -rf -- "$0"';

/**
 * The directory of this machine with all temporary files of one command. A small process beside it, the watchdog, ends the containers and
 * removes the directory when this process has ended, also by SIGKILL, which no process can handle.
 */
export class Workspace {
  readonly directory: string;
  private readonly watchdog: ChildProcess;
  private made = 0;

  constructor() {
    this.directory = makeDirectory();
    fs.mkdirSync(path.join(this.directory, 'on-death'));
    // A session of its own: neither Ctrl-C nor a closed terminal reaches it.
    this.watchdog = spawn('/bin/sh', ['-c', WATCHDOG, this.directory], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.watchdog.on('error', () => undefined);
    this.watchdog.stdin!.on('error', () => undefined);
    this.watchdog.unref();
    (this.watchdog.stdin as unknown as { unref?(): void }).unref?.();
  }

  /** Creates a directory. */
  newDirectory(kind: string): string {
    const directory = path.join(this.directory, `${kind}-${++this.made}`);
    fs.mkdirSync(directory);
    return directory;
  }

  /** Adds a command of the shell which the watchdog carries out when this process has died. Returns a function that withdraws it. */
  onDeath(command: string): () => void {
    const file = path.join(this.directory, 'on-death', String(++this.made));
    fs.writeFileSync(file, `${command}\n`);
    return () => fs.rmSync(file, { force: true });
  }

  /** Removes a directory of this workspace. */
  remove(directory: string): void {
    removeDirectory(directory);
  }

  /** Removes everything, and ends the watchdog. */
  removeAll(): void {
    removeDirectory(this.directory);
    this.watchdog.stdin!.destroy();
  }
}

/** Does the work with a workspace, which is removed at its end. */
export async function withWorkspace<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = new Workspace();
  try {
    return await work(workspace);
  } finally {
    workspace.removeAll();
  }
}

/** The prefix is the name of this program, so that a person knows whose files these are. */
function makeDirectory(): string {
  try {
    return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-')));
  } catch (error) {
    throw new UsageError(`no temporary directory can be created in ${os.tmpdir()} (${(error as NodeJS.ErrnoException).code}); let TMPDIR name a directory with space where you may write`);
  }
}
