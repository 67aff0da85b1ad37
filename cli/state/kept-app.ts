import * as path from 'node:path';
import { FileJournal } from './file-journal';
import { newestTimeIn, readState } from './kept-state';
import { StateDirectory } from './state-directory';
import type { EmulatorState, Journal } from '../../emulator/emulator-state';
import type { FormerKeys } from '../../emulator/endpoint/keys';

const KEYS = 'keys.json';

/** What of an app that is served outlives its server, in a directory. */
export class KeptApp {
  readonly directory: string;
  readonly journal: Journal;
  readonly keys?: FormerKeys;
  /** Milliseconds since the epoch: the time goes on from here. A clock with a time scale may have come further than that of this machine. */
  readonly now: number;
  private readonly files: StateDirectory;
  private readonly fileJournal: FileJournal;
  private state?: EmulatorState;

  /** Throws a `UsageError` when another process has the directory, or when a file cannot be read. */
  constructor(directory: string, tell: (line: string) => void) {
    const files = this.files = new StateDirectory(directory);
    this.directory = path.resolve(directory);
    try {
      const { bodies, ...state } = readState(files);
      this.state = state;
      this.now = Math.max(Date.now(), newestTimeIn(state));
      this.journal = this.fileJournal = new FileJournal(files, bodies, tell);
      if (files.has(KEYS)) this.keys = files.readJson(KEYS, ({ user }) => typeof user?.accessKeyId === 'string' && typeof user?.secretAccessKey === 'string') as FormerKeys;
    } catch (error) {
      files.close();
      throw error;
    }
  }

  /** What the services had. It is not held any longer here: they go on with it. */
  takeState(): EmulatorState | undefined {
    const { state } = this;
    this.state = undefined;
    return state;
  }

  /** Keeps the key pair of the user. Those of the roles are for the processes that end with the server. */
  keepKeys({ user }: FormerKeys): void {
    if (!this.keys) this.files.write(KEYS, JSON.stringify({ user }));
  }

  /** Writes what is not written yet. */
  flush(): void {
    this.fileJournal.flush();
  }

  /** Writes what is not written yet, and gives the directory back. Returns whether all was written. */
  close(): boolean {
    const isWritten = this.fileJournal.close();
    this.files.close();
    return isWritten;
  }
}
