import pc from 'picocolors';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';

const LAST_LINES = 20;

/** What a person sees of a run: its states with the time that has passed, and the container's own output. */
export class Timeline {
  private readonly lastLines: string[] = [];
  private readonly colours: ReturnType<typeof pc.createColors>;
  private readonly seen = new Set<string>();

  constructor(private readonly stream: NodeJS.WriteStream, private readonly elapsed: () => number) {
    this.colours = pc.createColors(stream.isTTY && !process.env.NO_COLOR);
  }

  note(text: string): void {
    this.write(this.colours.dim(text));
  }

  state(job: BatchJob, round: number, item?: number): void {
    // An array job of thousands has a line for the first child in each state, and the rest is counted at its end.
    const which = job.nodeIndex === undefined ? job.arrayIndex === undefined ? '' : ' (child)' : ` (node ${job.nodeIndex})`;
    if (job.arrayIndex !== undefined) {
      if (this.seen.has(job.status)) return;
      this.seen.add(job.status);
    }
    const { green, red, bold, cyan } = this.colours;
    const ofItem = item === undefined ? '' : `  item ${item}`;
    const paint = job.status === 'SUCCEEDED' ? green : job.status === 'FAILED' ? red : cyan;
    const attempt = job.status === 'STARTING' && job.attempts.length > 0 ? `  attempt ${job.attempts.length + 1}` : '';
    const why = job.status === 'FAILED' ? `  ${job.statusReason ?? ''}` : '';
    this.write(`${clockFace(this.elapsed())}  ${bold(paint(job.status.padEnd(9)))}${ofItem}${which}${round > 1 ? `  round ${round}` : ''}${attempt}${why}`);
  }

  output(line: string, item?: number): void {
    this.lastLines.push(line);
    if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
    this.write(`${' '.repeat(10)}  ${this.colours.dim('|')} ${item === undefined ? '' : this.colours.dim(`${item}: `)}${line}`);
  }

  end(execution: Execution): void {
    const { green, red, bold, dim } = this.colours;
    if (execution.status === 'SUCCEEDED') {
      this.write(`\n${bold(green('SUCCEEDED'))}  ${dim(`${execution.transitions} state transitions`)}`);
      return;
    }
    this.write(`\n${bold(red(execution.status))}  ${execution.error ?? ''}`);
    this.write(reasonOf(execution));
    if (this.lastLines.length > 0) this.write(`\nthe last ${this.lastLines.length} lines of the container's output:\n${this.lastLines.map((line) => `  ${line}`).join('\n')}`);
  }

  private write(line: string): void {
    this.stream.write(`${line}\n`);
  }
}

/** What a person is told about a failed run: its verdict's message, or the submit function's. */
function reasonOf({ cause = '' }: Execution): string {
  try {
    const { message, errorMessage } = JSON.parse(cause);
    return message ?? errorMessage ?? cause;
  } catch {
    return cause;
  }
}

function clockFace(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `+${Math.floor(seconds / 3600)}:${two(seconds / 60 % 60)}:${two(seconds % 60)}.${Math.floor(seconds * 10 % 10)}`;
}
