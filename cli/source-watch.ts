import { setTimeout } from 'node:timers/promises';
import { newerSources, synthesizedAt } from './freshness';

/** Milliseconds between two looks at the sources, at least. */
const PAUSE = 2_000;

/** How many times as long as a look took the next one waits: 20,000 files take 0.1 to 0.3 seconds. */
const REST = 50;

/** How many files a line names. */
const NAMED = 3;

/** Tells which sources are newer than the app that is served: each once after each synthesis. The sources are read when somebody asks, and never at all times. */
export class SourceWatch {
  private looking?: Promise<void>;
  private isAsked = false;
  private readonly stopped = new AbortController();
  private told: { readonly synthesizedAt?: number; readonly files: Set<string> } = { files: new Set() };

  /**
   * @param outputs directories that jobs and this program write
   * @param onNewer is told of the files in one look
   */
  constructor(
    private readonly app: string,
    private readonly outputs: readonly string[],
    private readonly onNewer: (files: readonly string[]) => void,
    private readonly pause = PAUSE,
  ) {}

  /** Asks for a look, which comes at once or after a pause. */
  look(): void {
    this.isAsked = true;
    this.looking ??= this.lookWhileAsked().catch(() => undefined).then(() => { this.looking = undefined; });
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.looking;
  }

  private async lookWhileAsked(): Promise<void> {
    const { signal } = this.stopped;
    while (this.isAsked && !signal.aborted) {
      this.isAsked = false;
      const began = performance.now();
      const files = await this.untold();
      if (files.length > 0 && !signal.aborted) this.onNewer(files);
      await setTimeout(Math.max(this.pause, REST * (performance.now() - began)), undefined, { signal });
    }
  }

  private async untold(): Promise<string[]> {
    const time = synthesizedAt(this.app);
    if (time !== undefined && time !== this.told.synthesizedAt) this.told = { synthesizedAt: time, files: new Set() };
    const files: string[] = [];
    for await (const file of newerSources(this.app, this.outputs)) {
      if (this.stopped.signal.aborted) break;
      if (!this.told.files.has(file)) files.push(file);
      this.told.files.add(file);
    }
    return files;
  }
}

/** What a person is told of files that are newer than the app. */
export function newerLine(files: readonly string[], app: string): string {
  const more = files.length - NAMED;
  const names = [...files.slice(0, NAMED), ...more > 0 ? [`${more} more ${more === 1 ? 'file' : 'files'}`] : []];
  const [last, before] = [names.at(-1), names.slice(0, -1)];
  const list = before.length > 0 ? `${before.join(', ')} and ${last} are` : `${last} is`;
  return `${list} newer than ${app}, which is what runs. Run 'npx cdk synth': the new app is taken without a restart.`;
}
