import type { Truth } from './endings';
import type { Ledger, RunRecord } from './ledger';
import { roundOf } from './rules';
import type { Scenario } from './scenario';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';

export const KINDS = ['lost', 'doubled', 'leaked', 'hung', 'wrong'] as const;
export type Kind = typeof KINDS[number];

export interface Finding {
  readonly kind: Kind;
  readonly run: string;
  readonly what: string;
}

export interface Judgement {
  readonly findings: Finding[];
  readonly maxDelaySeconds: number;
  readonly maxTransitions: number;
}

const TERMINAL = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

/** Function errors that are answers to the state machine, and no crashes. */
const ANSWERS = ['Sandbox.Timedout', 'InvalidInput', 'SubmitThrottled', 'SubmitUncertain', 'SubmitRefused'];

/** Holds what the runs came to against what truly happened. Knows the promises, and nothing of how they are kept. */
export function judge(scenario: Scenario, ledger: Ledger): Judgement {
  const findings: Finding[] = [];
  const delays = [0];
  for (const run of ledger.runs) {
    const find = (kind: Kind, what: string) => findings.push({ kind, run: run.execution.name, what });
    const jobs = ledger.jobs.filter((job) => job.plan.environment.HEAVY_BATCH_RUN_ID === run.execution.name && !ledger.foreign.has(job.jobId));
    judgeEnd(scenario, ledger, run, find);
    judgeRounds(ledger, jobs, find);
    if (run.execution.status === 'RUNNING') continue;
    judgeLeftovers(scenario, ledger, run, jobs, find);
    judgeVerdict(scenario, ledger, run, jobs, find);
    delays.push(...delaysOf(scenario, run, jobs, find));
  }
  for (const { error, functionPath } of ledger.crashes) {
    const { errorType, errorMessage } = error!;
    if (!ANSWERS.includes(errorType)) findings.push({ kind: 'wrong', run: '-', what: `${functionPath} crashed: ${errorType}: ${errorMessage}` });
  }
  if (ledger.unread > 0) findings.push({ kind: 'hung', run: '-', what: `${ledger.unread} message(s) go round in the watch queue, more than an hour after all was over` });
  return {
    findings,
    maxDelaySeconds: Math.round(Math.max(...delays) / 1000),
    maxTransitions: Math.max(0, ...ledger.runs.map((run) => run.execution.transitions)),
  };
}

type Find = (kind: Kind, what: string) => void;

/** One outcome, in time, within bounds. */
function judgeEnd({ bounds }: Scenario, ledger: Ledger, { execution }: RunRecord, find: Find): void {
  if (execution.status === 'RUNNING') {
    find(ledger.still ? 'lost' : 'hung', ledger.still ? 'it runs, and nothing is left that could end it' : `it still runs after ${bounds.run[1] / 1000} s`);
    return;
  }
  const ends = execution.history.filter((event) => TERMINAL.test(event.type)).length;
  if (ends !== execution.redriveCount + 1) find('wrong', `it ended ${ends} times in ${execution.redriveCount + 1} lives`);
  if (execution.transitions > bounds.transitions) find('hung', `${execution.transitions} state transitions, more than ${bounds.transitions}`);
  if (execution.history.length > bounds.historyEvents) find('hung', `${execution.history.length} history events, more than ${bounds.historyEvents}`);
}

/** One job for a round, one container of a run at a time. */
function judgeRounds(ledger: Ledger, jobs: BatchJob[], find: Find): void {
  const started = jobs.map((job) => ({ job, times: timesOf(ledger, job) })).filter(({ times }) => times.length > 0);
  started.forEach(({ job, times }, index) => {
    for (const other of started.slice(index + 1)) {
      if (other.job.plan.jobName === job.plan.jobName) find('doubled', `${job.jobId} and ${other.job.jobId} both ran the round ${job.plan.jobName.slice(-6)}`);
      else if (times.some((a) => other.times.some((b) => a.from < b.to && b.from < a.to))) find('doubled', `${job.jobId} and ${other.job.jobId} ran at once`);
    }
  });
}

function timesOf(ledger: Ledger, job: BatchJob): { from: number; to: number }[] {
  return [job, ...ledger.children.get(job.jobId) ?? []].flatMap((one) => one.containerTimes.map(({ from, to = ledger.endedAt }) => ({ from, to })));
}

/** Nothing of a run goes on when it has ended. */
function judgeLeftovers({ bounds }: Scenario, ledger: Ledger, { execution }: RunRecord, jobs: BatchJob[], find: Find): void {
  for (const job of jobs) {
    const late = (job.isOver ? job.stoppedAt! : ledger.endedAt) - execution.stoppedAt!;
    if (late > bounds.leftovers[1] || (!job.isOver && late >= bounds.leftovers[1])) find('leaked', `${job.jobId} was ${job.isOver ? 'over' : job.status} ${late / 1000} s after its run had ended`);
  }
}

/** What the run says is what was so. */
function judgeVerdict(scenario: Scenario, ledger: Ledger, run: RunRecord, all: BatchJob[], find: Find): void {
  const { execution } = run;
  const outcome = outcomeOf(execution);
  if (outcome === 'ABORTED') {
    if (!run.stops.includes(execution.stoppedAt!)) find('wrong', 'it was aborted by nobody');
    return;
  }
  if (outcome === 'TIMED_OUT') {
    const lived = execution.stoppedAt! - (execution.redrivenAt ?? execution.startedAt);
    if (lived !== (run.timeoutSeconds ?? 0) * 1000) find('wrong', `it timed out after ${lived / 1000} s`);
    return;
  }
  if (!scenario.expects.includes('the truth') || (scenario.expects.includes(outcome) && outcome !== 'SUCCEEDED')) {
    if (!scenario.expects.includes(outcome)) find('wrong', `it came to ${outcome}, not to ${scenario.expects.join(' or ')}`);
    if (outcome === 'InvalidInput' && all.length > 0) find('wrong', 'a job was submitted for an invalid input');
    return;
  }
  const rounds = roundsOf(all, execution);
  const last = rounds.at(-1);
  if (!last) {
    find('wrong', `it came to ${outcome} without a job`);
    return;
  }
  const truth = truthOf(ledger, last);
  if (endedWithoutCause(ledger, last, run)) find('wrong', `${last.jobId} was ended while its run lived, and there was no cause for it`);
  if (outcome !== truth) find('wrong', `it came to ${outcome}, and the truth is ${truth}`);
  rounds.forEach((job, index) => {
    const owed = ledger.children.has(job.jobId) ? undefined : owedAfter(truthOf(ledger, job), job, run.job);
    const next = rounds[index + 1];
    if (owed && !next && outcome === truth) find('wrong', `a round ${owed} was owed`);
    if (next && !owed) find('wrong', `round ${index + 2} followed a round that came to ${truthOf(ledger, job)}`);
  });
  judgeOutput(execution, outcome, last, rounds, ledger.children.get(last.jobId) ?? [], find);
  if (outcome === 'SUCCEEDED') judgeResult(execution.output as Record<string, unknown>, ledger.played.get(`${last.jobId}/${last.attempts.length}`)?.result, find);
}

function judgeOutput(execution: Execution, outcome: string, last: BatchJob, rounds: BatchJob[], children: BatchJob[], find: Find): void {
  const output = (outcome === 'SUCCEEDED' ? execution.output : parsed(execution.cause)) as Record<string, unknown> | undefined;
  const expected: Record<string, unknown> = {
    runId: execution.name,
    jobId: last.jobId,
    status: outcome === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED',
    reason: outcome === 'SUCCEEDED' ? null : outcome,
    rounds: rounds.length,
    attempts: rounds.reduce((sum, job) => sum + job.attempts.length, 0),
    memory: last.plan.memory,
    ...(children.length > 0 ? { attempts: output?.attempts } : { exitCode: last.attempts.at(-1)?.exitCode ?? null }),
  };
  for (const [field, value] of Object.entries(expected)) {
    if (JSON.stringify(output?.[field]) !== JSON.stringify(value)) find('wrong', `its output says ${field} ${JSON.stringify(output?.[field])}, and it was ${JSON.stringify(value)}`);
  }
  // Why a job found no place is all that a person can act upon.
  const reason = [last, ...children].find((job) => job.blockedBy !== undefined)?.blockedBy;
  if (outcome === 'Stuck' && reason !== undefined && !String(output?.message).includes(reason.split(' ')[0])) find('wrong', `its output does not carry Batch's own reason, ${reason}`);
}

/** What the container left for its caller: all of it, or where it is. */
function judgeResult({ result, resultUri }: Record<string, unknown>, written: string | undefined, find: Find): void {
  if (written === undefined) {
    if ((result ?? null) !== null) find('wrong', 'it has a result that nobody wrote');
  } else if (typeof resultUri !== 'string') {
    find('wrong', 'it does not say where its result is');
  } else if (result !== written && (result !== null || written.length < CARRIED)) {
    find('wrong', `its result is not the ${written.length} characters that were written`);
  }
}

/** A result of so many characters is in the run's output itself. */
const CARRIED = 190_000;

function outcomeOf({ status, error }: Execution): string {
  return status === 'FAILED' ? error ?? 'FAILED' : status;
}

/** The jobs of the execution's last life that had their turn, round for round: of twins the one that ran. */
function roundsOf(jobs: BatchJob[], { redriveCount, history }: Execution): BatchJob[] {
  const byName = new Map<string, BatchJob>();
  for (const job of jobs) {
    const known = byName.get(job.plan.jobName);
    if (!known || (known.containerTimes.length === 0 && job.containerTimes.length > 0)) byName.set(job.plan.jobName, job);
  }
  const rounds = [...byName.values()].sort((a, b) => a.createdAt - b.createdAt);
  if (redriveCount === 0) return rounds;
  // A redrive goes on at the state that failed: the rounds that had been passed before it count still.
  const passed = history.filter((event) => event.type === 'TaskSucceeded').length;
  const named = rounds.map((job) => ({ job, ...roundOf(job.plan.jobName) }));
  return named.filter(({ redrive, round }) => redrive === redriveCount
    || (round <= passed && !named.some((other) => other.round === round && other.redrive > redrive))).map(({ job }) => job);
}

/** What a job came to, by what was done with it and what its containers were to do. */
function truthOf(ledger: Ledger, job: BatchJob): Truth {
  const children = ledger.children.get(job.jobId);
  if (children) return truthOfArray(ledger, job, children);
  if (job.status === 'SUCCEEDED') return 'SUCCEEDED';
  const last = job.attempts.length;
  const played = ledger.played.get(`${job.jobId}/${last}`);
  const terminated = ledger.terminations.find((one) => one.jobId === job.jobId.split(':')[0] && one.at <= job.stoppedAt!);
  const ranToItsEnd = played !== undefined && !played.stopped && last > 0 && !(job.isCancelled || job.isTerminated);
  if (ranToItsEnd) return played.ending.truth;
  if (terminated?.by === 'a person') return 'Cancelled';
  if (job.attempts.at(-1)?.startedAt !== undefined && played?.stopped && !terminated) return 'AttemptTimeout';
  // It waited for its place until somebody had enough: the queue, or the watch function.
  return job.blockedBy !== undefined || job.containerTimes.length === 0 ? 'Stuck' : 'Cancelled';
}

/** Whether the functions ended a job that ran, or had not waited for its place as long as it may. */
function endedWithoutCause({ terminations }: Ledger, job: BatchJob, { job: { queueTimeout } }: RunRecord): boolean {
  const ended = terminations.find((one) => one.jobId === job.jobId && one.by === 'a function' && one.at <= job.stoppedAt!);
  if (!ended) return false;
  const since = job.attempts.at(-1)?.stoppedAt ?? job.createdAt;
  return since >= ended.at || ended.at - since < queueTimeout * 1000;
}

/** The first child that failed, by index, tells. */
function truthOfArray(ledger: Ledger, job: BatchJob, children: BatchJob[]): Truth {
  const terminated = ledger.terminations.find((one) => one.jobId === job.jobId && one.at <= job.stoppedAt!);
  if (terminated?.by === 'a person') return 'Cancelled';
  const failed = children.find((child) => child.status !== 'SUCCEEDED');
  return failed ? truthOf(ledger, failed) : 'SUCCEEDED';
}

/** What a round owes its run: another one, or nothing. */
function owedAfter(truth: Truth, { plan }: BatchJob, { onDemandQueue, maxMemory }: RunRecord['job']): string | undefined {
  if (truth === 'SpotReclaimed' && onDemandQueue !== undefined && onDemandQueue !== plan.queue.arn) return 'on demand';
  if (truth === 'OutOfMemory' && maxMemory !== undefined && plan.memory < maxMemory) return 'with more memory';
  return undefined;
}

/** From each job's end to what follows it. */
function delaysOf({ bounds }: Scenario, { execution }: RunRecord, jobs: BatchJob[], find: Find): number[] {
  if (execution.status === 'ABORTED' || execution.status === 'TIMED_OUT') return [];
  const rounds = roundsOf(jobs, execution);
  const delays = rounds.flatMap((job, index) => job.isOver ? [Math.max(0, (rounds[index + 1]?.createdAt ?? execution.stoppedAt!) - job.stoppedAt!)] : []);
  // Between two lives of an execution a person takes as long as it takes.
  const late = execution.redriveCount > 0 ? delays.slice(-1) : delays;
  late.filter((delay) => delay > bounds.delay[1]).forEach((delay) => find('hung', `${delay / 1000} s passed from a job's end to what follows it, more than ${bounds.delay[1] / 1000} s`));
  return late;
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json!);
  } catch {
    return undefined;
  }
}
