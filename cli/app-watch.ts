import * as fs from 'node:fs';
import * as path from 'node:path';
import { statOf } from './containers/stat';

/** Milliseconds between two looks at the files. Events of file systems do not come from all of them, for example not from those of a virtual machine. */
const INTERVAL = 250;
/**
 * Milliseconds for which the files have to stay as they are. A synthesis writes the manifest last, so a stack that is newer has a manifest to come, unless the files were copied:
 * https://github.com/aws/aws-cdk/blob/main/packages/%40aws-cdk/cloud-assembly-api/lib/cloud-assembly.ts
 */
const QUIET = { manifestIsLast: 750, manifestIsOlder: 5_000 };
/** The files of a stack. */
const STACK = /\.(template|assets)\.json$/;

export interface AppWatchActions<App> {
  /** Reads the new app. Undefined where it is the one that is served. What is thrown is told. */
  readonly read: () => App | undefined;
  /** Whether a run is in progress, which the new app has to wait for. */
  readonly isBusy: () => boolean;
  /** Takes the app. Returns whether it was taken; it may have to wait. What is thrown is told. */
  readonly take: (app: App) => Promise<boolean>;
  /** Is told that there is a new app which has to wait, once. */
  readonly onWaiting: () => void;
  readonly onRefused: (error: unknown) => void;
}

/** Takes each new app that is synthesized into a directory. */
export class AppWatch<App> {
  private timer?: NodeJS.Timeout;
  private look: Promise<void> = Promise.resolve();
  private seen: { readonly files: string; readonly since: number };
  /** The files that were read last. */
  private read: string;
  private waiting?: { readonly app: App; isTold: boolean };

  /** @param served what `filesOf` said before the app was read that is served */
  constructor(private readonly directory: string, served: string, private readonly actions: AppWatchActions<App>) {
    this.read = served;
    this.seen = { files: served, since: performance.now() };
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.look = this.next().catch(this.actions.onRefused).then(() => { if (this.timer) this.start(); });
    }, INTERVAL);
  }

  /** Looks no more. Resolves when an app that is being taken is served. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.look;
  }

  private async next(): Promise<void> {
    const { files, quiet } = lookAt(this.directory);
    if (files !== this.seen.files) this.seen = { files, since: performance.now() };
    if (performance.now() - this.seen.since < quiet) return;
    if (files !== this.read && files !== '') {
      this.read = files;
      const isTold = this.waiting?.isTold ?? false;
      this.waiting = undefined;
      const app = this.actions.read();
      this.waiting = app && { app, isTold };
    }
    if (this.waiting) await this.take(this.waiting);
  }

  private async take(waiting: { readonly app: App; isTold: boolean }): Promise<void> {
    if (!this.actions.isBusy()) {
      this.waiting = undefined; // one that is refused is not taken again
      if (await this.actions.take(waiting.app)) return;
      this.waiting = waiting;
    }
    if (!waiting.isTold) this.actions.onWaiting();
    waiting.isTold = true;
  }
}

/** A text that changes when the app is synthesized again. Empty without an app: one that is removed first is being synthesized. */
export function filesOf(app: string): string {
  return lookAt(app).files;
}

/** The files of an app, as a text, and for how many milliseconds they have to stay as they are. */
function lookAt(app: string): { readonly files: string; readonly quiet: number } {
  const directory = path.resolve(app);
  const manifest = statOf(path.join(directory, 'manifest.json'));
  if (!manifest) return { files: '', quiet: QUIET.manifestIsLast };
  const found = fs.readdirSync(directory).filter((name) => name.endsWith('.json')).sort().map((name) => ({ name, stat: statOf(path.join(directory, name)) }));
  const isLast = found.every(({ name, stat }) => !STACK.test(name) || (stat?.mtimeMs ?? 0) <= manifest.mtimeMs);
  const files = found.map(({ name, stat: { mtimeMs, size, ino } = {} as Partial<fs.Stats> }) => `${name} ${mtimeMs} ${size} ${ino}`).join('\n');
  return { files, quiet: QUIET[isLast ? 'manifestIsLast' : 'manifestIsOlder'] };
}
