import { DescribeExecutionCommand, RedriveExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { changeOfAnswer } from './observations';
import type { Requested } from './parameters';
import { isUnavailable, Problem } from './problem';
import { newRunId, ownerOfRun } from './run-id';
import { ListFilter, Page, RunStore } from './run-store';
import { RunChange, StoredRun, stepOf } from './stored-run';
import { ApiJobEntry, isOver } from '../../contract/api-runs';
import { log } from '../shared/log';

/**
 * Milliseconds after which a run that is not over is read from Step Functions, whose events are best effort:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html
 */
const READ_AFTER = 60_000;
/** Milliseconds after which an execution that does not exist will not begin any more. The function that starts it has ended by then, and DescribeExecution shows it. */
const BEGUN_AFTER = 5 * 60_000;
/** A third of what a whole account has: DescribeExecution answers 15 calls a second. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const READINGS = { calls: 50, period: 10 };
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
    private readonly jobs: readonly ApiJobEntry[],
    private readonly sleep = (milliseconds: number) => new Promise<void>((resolve) => { setTimeout(resolve, milliseconds); }),
  ) {}

  /**
   * Starts a run. The record is written before the execution is started, with the name of the execution. So a request that is repeated finds it, whatever
   * became of the first one, and many at once start one execution: Step Functions accepts a name and its input again while the execution runs.
   */
  async start(job: ApiJobEntry, owner: string, { input, fingerprint }: Requested, key?: string): Promise<StartedRun> {
    const newId = newRunId(owner, Date.now());
    const taken = key === undefined ? { id: newId, fingerprint } : await this.store.takeKey(owner, job.name, key, { id: newId, fingerprint });
    if (taken.fingerprint !== fingerprint) {
      throw new Problem(422, "this 'Idempotency-Key' was used with another body; use a new key for another run, or send the former body");
    }
    const { id } = taken;
    const now = Date.now();
    const begin = { status: 'SUBMITTED', redrives: 0 } as const;
    const run = await this.store.create({ id, job: job.name, ...begin, step: stepOf(begin), createdAt: now, updatedAt: now, isStarted: false });
    const isReplayed = id !== newId;
    if (run.isStarted) return { run, isReplayed };
    if (isOver(run.status)) await this.store.revived(id);
    await this.startExecution(job, id, input);
    await this.store.started(id);
    return { run: (await this.store.get(id)) ?? run, isReplayed };
  }

  private async startExecution({ stateMachineArn }: ApiJobEntry, name: string, input: string): Promise<void> {
    try {
      await this.sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    } catch (error) {
      // It was started by an earlier try, and is over.
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
    log('started', { runId: name });
  }

  /** A run of an owner. Throws a problem when he has none of this id. */
  async get(owner: string, id: string): Promise<StoredRun> {
    const run = ownerOfRun(id) === owner ? await this.store.get(id) : undefined;
    if (!run) throw notFound();
    return this.upToDate(run);
  }

  async list(owner: string, filter: ListFilter, limit: number, after?: string): Promise<Page> {
    if (after !== undefined && ownerOfRun(after) !== owner) throw new Problem(400, "'next' is not of a page of this list; use the one of the page before");
    const page = await this.store.list(owner, filter, limit, after);
    const old = page.runs.filter((run) => isOld(run)).slice(0, READ_IN_A_LIST);
    const read = new Map(await Promise.all(old.map(async (run) => [run.id, await this.upToDate(run)] as const)));
    const runs = page.runs.map((run) => read.get(run.id) ?? run);
    return { ...page, runs: runs.filter(({ status }) => filter.status === undefined || status === filter.status) };
  }

  /** Waits until a run is over, or until a time. */
  async waitFor(run: StoredRun, until: number): Promise<StoredRun> {
    let newest = run;
    while (!isOver(newest.status) && Date.now() + WAIT_STEP <= until) {
      await this.sleep(WAIT_STEP);
      newest = await this.store.get(run.id) ?? newest;
    }
    return newest;
  }

  /** Stops a run. Its state machine's rule has its jobs ended. */
  async cancel(owner: string, id: string): Promise<StoredRun> {
    const run = await this.get(owner, id);
    if (isOver(run.status)) return run;
    await this.ofExecution(() => this.sfn.send(new StopExecutionCommand({ executionArn: this.executionArn(run), error: 'Cancelled', cause: 'a caller of the API cancelled the run' })));
    await this.store.cancelRequested(id, run.step);
    log('cancelled', { runId: id });
    return await this.store.get(id) ?? run;
  }

  /** Lets a run that failed do its work again. */
  async redrive(owner: string, id: string): Promise<StoredRun> {
    const run = await this.get(owner, id);
    if (run.status !== 'FAILED' && run.status !== 'CANCELLED') throw new Problem(409, `the run is ${run.status}; only one that failed or was cancelled can be redriven`);
    await this.ofExecution(() => this.sfn.send(new RedriveExecutionCommand({ executionArn: this.executionArn(run) })));
    const begin = { status: 'SUBMITTED', redrives: run.redrives + 1 } as const;
    const { stateMachineArn } = this.jobOf(run)!;
    const { status, redrives } = begin;
    await this.store.apply({ id, stateMachineArn, status, step: stepOf(begin), at: Date.now(), details: { redrives } }, run.job);
    log('redriven', { runId: id });
    return (await this.store.get(id))!;
  }

  /** The output of a run that is over, as JSON. */
  async output(run: StoredRun): Promise<string | undefined> {
    return isOver(run.status) ? this.store.output(run) : undefined;
  }

  /** Brings the record of a run forward by what an event or an answer says. */
  async observe(change: RunChange): Promise<void> {
    const job = this.jobs.find(({ stateMachineArn }) => stateMachineArn === change.stateMachineArn);
    // Most executions of a job may be started elsewhere. Their names are no ids of an API.
    if (job && ownerOfRun(change.id) !== undefined) await this.store.apply(change, job.name);
  }

  /** The record of a run by an event, with what does not fit into one. */
  async observeExecution(change: RunChange, isComplete: boolean): Promise<void> {
    const executionArn = `${change.stateMachineArn.replace(':stateMachine:', ':execution:')}:${change.id}`;
    await this.observe(isComplete ? change : changeOfAnswer(await this.sfn.send(new DescribeExecutionCommand({ executionArn }))));
  }

  /**
   * A record that nothing was heard of for some time is compared with its execution, since an event may have been lost. Callers may ask as often as they like:
   * one of them reads for all, and all runs of the table share a budget.
   */
  private async upToDate(run: StoredRun): Promise<StoredRun> {
    if (!isOld(run) || !this.jobOf(run)) return run;
    if (!await this.store.takeReading(run.id, Date.now() - READ_AFTER) || !await this.store.takeCall('DescribeExecution', READINGS)) return run;
    try {
      await this.observe(changeOfAnswer(await this.sfn.send(new DescribeExecutionCommand({ executionArn: this.executionArn(run) }))));
    } catch (error) {
      if ((error as Error).name === 'ExecutionDoesNotExist') await this.refuseToWaitFor(run);
      else if (isUnavailable(error)) log('failed', { runId: run.id, error: (error as Error).name, message: 'DescribeExecution: the record may be old' });
      else throw error;
    }
    return await this.store.get(run.id) ?? run;
  }

  /** A request wrote the record of a run, and ended before it started the execution. */
  private async refuseToWaitFor({ id, createdAt, updatedAt }: StoredRun): Promise<void> {
    if (Date.now() - Math.max(createdAt, updatedAt) < BEGUN_AFTER) return;
    await this.store.notStarted(id, { status: 'FAILED', failure: { reason: 'NotStarted', message: 'the request that started this run failed before it was done, and nothing has run; send it again' } });
  }

  private async ofExecution(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      const { name } = error as Error;
      if (name === 'ExecutionDoesNotExist') throw new Problem(409, 'the execution of this run does not exist; try again in some seconds if the run has just been started, and start a new one otherwise');
      if (name === 'ExecutionNotRedrivable' || name === 'ExecutionLimitExceeded') throw new Problem(409, `the run cannot be redriven: ${(error as Error).message}`);
      throw error;
    }
  }

  private jobOf(run: StoredRun): ApiJobEntry | undefined {
    return this.jobs.find(({ name }) => name === run.job);
  }

  private executionArn(run: StoredRun): string {
    const job = this.jobOf(run);
    if (!job) throw new Problem(409, `the API no longer has the job '${run.job}' of this run`);
    return `${job.stateMachineArn.replace(':stateMachine:', ':execution:')}:${run.id}`;
  }
}

function isOld(run: StoredRun): boolean {
  return !isOver(run.status) && Date.now() - Math.max(run.updatedAt, run.readAt ?? 0) >= READ_AFTER;
}

/** The same for an id that does not exist and for one of another owner. */
export function notFound(): Problem {
  return new Problem(404, 'there is no such run');
}
