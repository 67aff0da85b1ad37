import pc from 'picocolors';
import { progressBar } from './progress-bar';
import type { Output } from './terminal';
import { visible, visibleLine } from './visible-text';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Attempt } from '../emulator/services/batch/batch-job';
import type { Execution } from '../emulator/states/execution';
import { progressIn } from '../src/contract/output-lines';
import type { RunOutput } from '../src/contract/run-output';

/** How many lines of the container's output are repeated after a run that failed. */
const LAST_LINES = 20;

/**
 * Prints what happens in a run: the states of its jobs, with the time since the start, and the output of the containers. An app, a function or a container may have
 * written the texts: each of them goes through `visible` or `visibleLine` here, and only the colours of this class reach the terminal as they are.
 */
export class Timeline {
  private readonly lastLines: string[] = [];
  private readonly colors: ReturnType<typeof pc.createColors>;
  private readonly childStates = new Set<string>();
  private drained?: Promise<void>;

  /** @param elapsed returns the milliseconds since the start of the run */
  constructor(private readonly stream: Output, private readonly elapsed: () => number) {
    this.colors = pc.createColors(stream.isTTY === true && !process.env.NO_COLOR);
  }

  note(text: string): void {
    this.write(this.colors.dim(visible(text)));
  }

  state(job: BatchJob, round: number, itemIndex?: number): void {
    if (job.arrayIndex !== undefined) {
      // An array job may have thousands of children: only the first child in each state is printed.
      if (this.childStates.has(job.status)) return;
      this.childStates.add(job.status);
    }
    const { green, red, bold, cyan } = this.colors;
    const color = job.status === 'SUCCEEDED' ? green : job.status === 'FAILED' ? red : cyan;
    const details = [
      itemIndex !== undefined && `  item ${itemIndex}`,
      job.nodeIndex !== undefined && ` (node ${job.nodeIndex})`,
      job.arrayIndex !== undefined && ' (child)',
      round > 1 && `  round ${round}`,
      job.status === 'STARTING' && job.attempts.length > 0 && `  attempt ${job.attempts.length + 1}${whyAgain(job.attempts.at(-1)!)}`,
      job.status === 'FAILED' && `  ${visibleLine(job.statusReason ?? '')}`,
    ].filter(Boolean).join('');
    this.write(`${formatTime(this.elapsed())}  ${bold(color(job.status.padEnd(9)))}${details}`);
  }

  /** A line that says the progress of the run is shown as a bar. Returns a promise when the next line must wait until it is resolved. */
  output(text: string, itemIndex?: number): unknown {
    const { dim } = this.colors;
    const progress = progressIn(text);
    const line = visibleLine(progress ? progressBar(progress) : whatRemains(text));
    this.lastLines.push(line);
    if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
    const isReady = this.write(`${' '.repeat(10)}  ${dim('|')} ${itemIndex === undefined ? '' : dim(`${itemIndex}: `)}${line}`);
    if (isReady || !this.stream.once) return undefined;
    this.drained ??= new Promise<void>((resolve) => this.stream.once!('drain', resolve)).finally(() => { this.drained = undefined; });
    return this.drained;
  }

  end(execution: Execution): void {
    const { green, red, bold, dim } = this.colors;
    if (execution.status === 'SUCCEEDED') {
      this.write(`\n${bold(green('SUCCEEDED'))}  ${dim(`${execution.transitions} state transitions`)}`);
      return;
    }
    this.write(`\n${bold(red(execution.status))}  ${visibleLine(execution.error ?? '')}`);
    this.write(visible(messageOf(execution)));
    if (this.lastLines.length > 0) this.write(`\nThe last ${this.lastLines.length} lines of the container's output:\n${this.lastLines.map((line) => `  ${line}`).join('\n')}`);
  }

  /** Returns whether the stream can take more. */
  private write(line: string): boolean {
    return this.stream.write(`${line}\n`) !== false;
  }
}

/** What a terminal would show in the end of a line that a program writes again and again. */
function whatRemains(line: string): string {
  const written = line.endsWith('\r') ? line.slice(0, -1) : line;
  return written.slice(written.lastIndexOf('\r') + 1);
}

/** Why the attempt before ended. */
function whyAgain({ reason, statusReason, exitCode }: Attempt): string {
  const why = reason ?? (exitCode === undefined ? statusReason : `exit code ${exitCode}`);
  return why === undefined ? '' : `, after: ${visibleLine(why)}`;
}

/** Why the run failed: the message of its verdict, or of an error of a function. */
function messageOf({ cause = '' }: Execution): string {
  try {
    const { message, errorMessage } = JSON.parse(cause) as Partial<RunOutput> & { readonly errorMessage?: string };
    return message ?? errorMessage ?? cause;
  } catch {
    return cause;
  }
}

/** `+h:mm:ss.s` */
function formatTime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const twoDigits = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `+${Math.floor(seconds / 3600)}:${twoDigits(seconds / 60 % 60)}:${twoDigits(seconds % 60)}.${Math.floor(seconds * 10 % 10)}`;
}
