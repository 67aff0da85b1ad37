import { DescribeExecutionCommand, DescribeExecutionCommandOutput, RedriveExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { changeOfAnswer } from './observations';
import type { Requested } from './parameters';
import { Problem } from './problem';
import { newRunId, ownerOfRun } from './run-id';
import { ListFilter, Page, RunStore } from './run-store';
import type { SharedLimits } from './shared-limits';
import { RunChange, StoredRun, stepOf } from './stored-run';
import type { Waiting } from './waiting';
import { ApiJobEntry, isOver } from '../../contract/api-runs';
import { log } from '../shared/log';

/**
 * Milliseconds after which a run that is not over is read from Step Functions, whose events are best effort, and the part of the time since the last news
 * where that is longer, and the most. https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html
 */
const READ_AFTER = { least: 60_000, part: 0.1, most: 15 * 60_000 };
/** Milliseconds after which an execution that does not exist will not begin any more. The function that starts it has ended by then, and DescribeExecution shows it. */
const BEGUN_AFTER = 5 * 60_000;
/** A third of what a whole account has: DescribeExecution answers 15 calls a second. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const READINGS = { calls: 10, period: 2 };
/** How many old records of a list are read again in one request. */
const READ_IN_A_LIST = 5;
/** Milliseconds between two readings of the record of a run while a request waits for it. */
const WAIT_STEP = 1_000;

export interface StartedRun {
  readonly run: StoredRun;
  /** Whether an earlier request has started it. */
  readonly isReplayed: boolean;
}

/** The runs of an API: each has a record in the table, and an execution. */
export class Runs {
  constructor(
    private readonly sfn: SFNClient,
    private readonly store: RunStore,
    private readonly limits: SharedLimits,
    private readonly jobs: readonly ApiJobEntry[],
    private readonly waiting: Waiting,
  ) {}

  /**
   * Starts a run. The record is written before the execution is started, with the name of the execution. So a request that is repeated finds it, whatever
   * became of the first one, and many at once start one execution: Step Functions accepts a name and its input again while the execution runs.
   */
  async start({ name: job, stateMachineArn }: ApiJobEntry, owner: string, { input, fingerprint, logGroup }: Requested, key?: string): Promise<StartedRun> {
    const newId = newRunId(owner, Date.now());
    const taken = key === undefined ? { id: newId, fingerprint } : await this.store.takeKey(owner, job, key, { id: newId, fingerprint });
    if (taken.fingerprint !== fingerprint) {
      throw new Problem(422, "this 'Idempotency-Key' was used with another body; use a new key for another run, or send the former body");
    }
    const { id } = taken;
    const isReplayed = id !== newId;
    const [now, begin] = [Date.now(), { status: 'SUBMITTED', redrives: 0 } as const];
    const known = { id, job, stateMachineArn, logGroup, createdAt: now };
    const run = await this.store.create({ ...known, ...begin, step: stepOf(begin), updatedAt: now, isStarted: false });
    if (run.isStarted) return { run, isReplayed };
    if (isReplayed) await this.store.restarted(run);
    await this.startExecution(run, input);
    // The run has begun, so its caller has to learn that, whatever fails now. Events, or the next reading, tell the record.
    await quietly('UpdateItem', id, () => this.store.started(id));
    return { run: { ...run, status: 'SUBMITTED', failure: undefined, endedAt: undefined, isStarted: true }, isReplayed };
  }

  private async startExecution({ stateMachineArn, id }: StoredRun, input: string): Promise<void> {
    try {
      await this.sfn.send(new StartExecutionCommand({ stateMachineArn, name: id, input }));
    } catch (error) {
      // It was started by an earlier try, and is over.
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
    log('started', { runId: id });
  }

  /** A run of an owner. Throws a problem when he has none of this id. */
  async get(owner: string, id: string): Promise<StoredRun> {
    const run = ownerOfRun(id) === owner ? await this.store.get(id) : undefined;
    if (!run) throw notFound();
    return this.upToDate(run);
  }

  async list(owner: string, filter: ListFilter, limit: number, after?: string): Promise<Page> {
    const { job } = filter;
    if (job !== undefined && !this.jobs.some(({ name }) => name === job)) throw new Problem(400, `'job' is no job of this API; use ${this.jobs.map(({ name }) => name).join(', ')}`);
    if (after !== undefined && ownerOfRun(after) === undefined) throw new Problem(400, "'next' is not of a page of this list; use the one of the page before");
    const page = await this.store.list(owner, filter, limit, after);
    const old = page.runs.filter((run) => isOld(run)).slice(0, READ_IN_A_LIST);
    const read = new Map(await Promise.all(old.map(async (run) => [run.id, await this.upToDate(run)] as const)));
    const runs = page.runs.map((run) => read.get(run.id) ?? run);
    return { ...page, runs: runs.filter(({ status }) => filter.status === undefined || status === filter.status) };
  }

  /** Waits until a run is over, or until a time. */
  waitFor(run: StoredRun, until: number): Promise<{ newest: StoredRun; waited: boolean }> {
    const again = async (former: StoredRun) => await this.store.get(run.id) ?? former;
    return this.waiting.waitFor(run, { runId: run.id, step: WAIT_STEP, until, isEnough: ({ status }) => isOver(status), again });
  }

  /**
   * Stops a run. Its state machine's rule has its jobs ended.
   *
   * @returns the run, and whether it was stopped now
   */
  async cancel(owner: string, id: string): Promise<{ run: StoredRun; isStopping: boolean }> {
    const run = await this.get(owner, id);
    if (isOver(run.status)) return { run, isStopping: false };
    this.requireJob(run);
    const stop = new StopExecutionCommand({ executionArn: executionArn(run), error: 'Cancelled', cause: 'a caller of the API cancelled the run' });
    await this.ofExecution(() => this.sfn.send(stop));
    log('cancelled', { runId: id });
    await quietly('UpdateItem', id, () => this.store.cancelRequested(run));
    return { run: { ...await this.store.get(id) ?? run, cancelRequestedAt: Date.now() }, isStopping: true };
  }

  /** Lets a run that failed do its work again. */
  async redrive(owner: string, id: string): Promise<StoredRun> {
    const run = await this.get(owner, id);
    if (run.status !== 'FAILED' && run.status !== 'CANCELLED') throw new Problem(409, `the run is ${run.status}; only one that failed or was cancelled can be redriven`);
    this.requireJob(run);
    // It may have been redriven without the API.
    const answer = await this.ofExecution(() => this.described(run));
    const before = changeOfAnswer(answer);
    await this.observe(before);
    if (answer.redriveStatus === 'NOT_REDRIVABLE') throw notRedrivable(answer.redriveStatusReason);
    await this.ofExecution(() => this.sfn.send(new RedriveExecutionCommand({ executionArn: executionArn(run) })));
    log('redriven', { runId: id });
    const begin = { status: 'SUBMITTED', redrives: before.details.redrives + 1 } as const;
    await this.store.apply({ ...before, ...begin, step: stepOf(begin), at: Date.now(), details: { redrives: begin.redrives }, output: undefined });
    return (await this.store.get(id))!;
  }

  /** The output of a run that is over, as JSON. */
  async output(run: StoredRun): Promise<string | undefined> {
    return isOver(run.status) ? this.store.output(run) : undefined;
  }

  /** Brings the record of a run forward by what an event or an answer says. Most executions of a job may be started elsewhere: their names are no ids of an API. */
  async observe(change: RunChange): Promise<void> {
    if (ownerOfRun(change.id) === undefined) return;
    const whole = change.isPartial ? await this.wholeOf(change) : change;
    const before = whole && await this.store.apply(whole);
    if (!before || whole.status !== 'SUCCEEDED' || whole.details.redrives > 0) return;
    const { endedAt = whole.at } = whole.details;
    await this.store.addDuration(before.job, Math.round((endedAt - before.createdAt) / 1000));
  }

  /** What an event leaves out, as Step Functions says it. That an execution runs is news of a run that was over only. */
  private async wholeOf({ id, stateMachineArn, status }: RunChange): Promise<RunChange | undefined> {
    const run = await this.store.get(id);
    return run?.stateMachineArn === stateMachineArn && (isOver(status) || isOver(run.status)) ? this.describe(run) : undefined;
  }

  private async describe(run: StoredRun): Promise<RunChange> {
    return changeOfAnswer(await this.described(run));
  }

  private described(run: StoredRun): Promise<DescribeExecutionCommandOutput> {
    return this.sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(run) }));
  }

  /**
   * A record that nothing was heard of for some time is compared with its execution, since an event may have been lost. Callers may ask as often as they like:
   * one of them reads for all, and all runs of the table share a budget. Whatever fails here, the record is still what is known.
   */
  private async upToDate(run: StoredRun): Promise<StoredRun> {
    if (!isOld(run)) return run;
    return await quietly('DescribeExecution', run.id, async () => {
      // The call first: a run whose reading is taken and not made would not be read for a minute.
      if (!await this.limits.takeCall('DescribeExecution', READINGS) || !await this.store.takeReading(run.id, 'readAt', Date.now() - readAfter(run))) return run;
      const change = await this.describe(run).catch((error: Error) => {
        if (this.isGone(run, error)) return undefined;
        throw error;
      });
      if (change) await this.observe(change);
      else await this.giveUp(run);
      return this.store.get(run.id);
    }) ?? run;
  }

  /** Whether there is no execution any more that this API could read. */
  private isGone(run: StoredRun, { name }: Error): boolean {
    return name === 'ExecutionDoesNotExist' || name === 'AccessDeniedException' && !this.hasJobOf(run);
  }

  /** A deployment may have taken the job out of the API, or have replaced its state machine. */
  private hasJobOf(run: StoredRun): boolean {
    return this.jobs.some(({ stateMachineArn }) => stateMachineArn === run.stateMachineArn);
  }

  private requireJob(run: StoredRun): void {
    if (!this.hasJobOf(run)) throw new Problem(409, `the API no longer has the job '${run.job}' of this run, or the job has another state machine now`);
  }

  /** A request may have written the record of a run, and ended before it started the execution. */
  private async giveUp(run: StoredRun): Promise<void> {
    if (Date.now() - run.updatedAt < BEGUN_AFTER) return;
    await this.store.gone(run, run.isStarted
      ? { reason: 'Lost', message: 'the execution of this run does not exist any more, or the API has its job no longer; what became of it is not known' }
      : { reason: 'NotStarted', message: 'the request that started this run failed before it was done, and nothing has run; send it again' });
  }

  private async ofExecution<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      switch ((error as Error).name) {
        case 'ExecutionDoesNotExist': throw new Problem(409, 'the execution of this run does not exist; try again in some seconds if the run has just been started, and start a new one otherwise');
        case 'ExecutionNotRedrivable': throw notRedrivable('its status has just changed; ask for the run again');
        case 'ExecutionLimitExceeded': throw new Problem(409, 'the account has as many executions as it may have; try again later');
        default: throw error;
      }
    }
  }
}

/** Does what may fail without harm. Its failure is logged. */
async function quietly<T>(call: string, runId: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    log('failed', { runId, error: (error as Error).name, message: `${call}: the record of the run may be old` });
    return undefined;
  }
}

function executionArn({ stateMachineArn, id }: StoredRun): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${id}`;
}

function readAfter({ updatedAt }: StoredRun): number {
  const { least, part, most } = READ_AFTER;
  return Math.min(most, Math.max(least, part * (Date.now() - updatedAt)));
}

function isOld(run: StoredRun): boolean {
  return !isOver(run.status) && Date.now() - Math.max(run.updatedAt, run.readAt ?? 0) >= readAfter(run);
}

/** @param reason as Step Functions says it: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
function notRedrivable(reason: string | undefined): Problem {
  return new Problem(409, `Step Functions cannot redrive the execution of this run: ${reason}`);
}

/** The same for an id that does not exist and for one of another owner. */
function notFound(): Problem {
  return new Problem(404, 'there is no such run');
}
