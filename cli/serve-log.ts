import { itemIndexOf } from './lists';
import type { Output } from './terminal';
import { Timeline } from './timeline';
import { visible } from './visible-text';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** Prints what happens in several runs at once. Each has a number, with which its lines begin. */
export class ServeLog {
  private readonly runs = new Map<string, Timeline>();
  private count = 0;

  /** @param now returns the time in milliseconds */
  constructor(private readonly stream: Output, private readonly now: () => number) {}

  note(text: string): void {
    this.stream.write(`${visible(text)}\n`);
  }

  /** A run has begun, or has been redriven. */
  begin(jobPath: string, { name, redriveCount }: Pick<Execution, 'name' | 'redriveCount'>): void {
    const { stream } = this;
    const startedAt = this.now();
    const number = `#${++this.count}`;
    const output: Output = {
      isTTY: stream.isTTY,
      columns: stream.columns,
      write: (text) => stream.write(text.replace(/^(?=.)/gm, `${number} `)),
      once: stream.once && ((event, listener) => stream.once!(event, listener)),
    };
    const timeline = new Timeline(output, () => this.now() - startedAt);
    this.runs.set(keyOf(jobPath, name), timeline);
    timeline.note(`${jobPath}  ${name}${redriveCount > 0 ? `  redrive ${redriveCount}` : ''}`);
  }

  job(jobPath: string, job: BatchJob): void {
    this.runOf(jobPath, job)?.state(job, Number(job.plan.environment[CONTAINER_VARIABLES.ROUND]), itemIndexOf(job));
  }

  output(jobPath: string, job: BatchJob, line: string): unknown {
    return this.runOf(jobPath, job)?.output(line, itemIndexOf(job));
  }

  end(jobPath: string, execution: Execution): void {
    const key = keyOf(jobPath, execution.name);
    this.runs.get(key)?.end(execution);
    this.runs.delete(key);
  }

  private runOf(jobPath: string, job: BatchJob): Timeline | undefined {
    return this.runs.get(keyOf(jobPath, String(job.plan.environment[CONTAINER_VARIABLES.RUN_ID])));
  }
}

function keyOf(jobPath: string, runId: string): string {
  return `${jobPath} ${runId}`;
}
