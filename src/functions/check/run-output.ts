import type { JobDetail } from '@aws-sdk/client-batch';
import { lastAttempt } from './last-attempt';
import type { EndedJob } from './node-outcome';
import { NO_RESULT, RunResult } from './run-result';
import type { Verdict } from './verdict';
import { logsUrl } from '../../contract/logs-url';
import type { ArrayOutcome, RunOutput } from '../../contract/run-output';
import { RunContext, runId } from '../shared/run-context';

/** What is known of a finished job besides the job itself. */
export interface Findings {
  readonly verdict: Verdict;
  readonly result?: RunResult;
  readonly array?: ArrayOutcome;
}

export function runOutput(job: EndedJob, context: RunContext, { verdict, result = NO_RESULT, array }: Findings, region: string): RunOutput {
  const logStreams = logStreamsOf(job).concat(job.failedWorker ? logStreamsOf(job.failedWorker).slice(-1) : []);
  return {
    runId: runId(context.execution),
    jobId: job.jobId!,
    jobName: job.jobName!,
    status: verdict.status,
    exitCode: lastAttempt(job).exitCode ?? null,
    attempts: context.earlier.reduce((sum, round) => sum + round.attempts, attemptsOf(job)),
    rounds: context.round,
    reason: verdict.status === 'FAILED' ? verdict.reason : null,
    message: verdict.status === 'FAILED' ? verdict.message : null,
    submittedAt: time(job.createdAt),
    startedAt: time(job.startedAt),
    stoppedAt: time(job.stoppedAt),
    queuedSeconds: seconds(job.createdAt, job.startedAt),
    ranSeconds: seconds(job.startedAt, job.stoppedAt),
    logGroup: context.logGroup,
    logStreams,
    logsUrl: logStreams.length > 0 ? logsUrl(region, context.logGroup, logStreams.at(-1)!) : null,
    logsHint: logsHint(job, logStreams),
    vcpus: context.vcpus,
    memory: context.memory,
    earlierRounds: context.earlier.map(({ jobId, reason, memory }) => ({ jobId, reason, memory })),
    ...result,
    ...(array ? { array } : {}),
    ...(job.nodeProperties?.numNodes ? { nodes: { count: job.nodeProperties.numNodes, main: job.nodeProperties.mainNode ?? 0 } } : {}),
  };
}

/** Batch names a log stream for attempts whose container never started too, and that stream does not exist. */
export function logStreamsOf({ attempts = [], container, startedAt }: JobDetail): string[] {
  const ended = attempts.filter((attempt) => attempt.startedAt).map((attempt) => attempt.container?.logStreamName);
  // Batch does not list an attempt whose end nobody reported.
  const isListed = (startedAt ?? 0) <= (attempts.at(-1)?.stoppedAt ?? 0);
  return [...ended, isListed ? undefined : container?.logStreamName].filter((name, index, all): name is string => !!name && all.indexOf(name) === index);
}

function logsHint({ jobId, arrayProperties, attempts }: EndedJob, logStreams: readonly string[]): string | null {
  if (arrayProperties?.size !== undefined) return `each child has a log stream of its own: aws batch describe-jobs --jobs ${jobId}:0 shows the one of child 0`;
  if (logStreams.length === 0) {
    return attempts?.some(({ startedAt }) => startedAt)
      ? 'AWS Batch names no log stream: the log driver of the job does not write to CloudWatch Logs'
      : 'no container started, so there is no log: the message says why';
  }
  return attempts?.length && !attempts.at(-1)!.startedAt ? 'the container of the last attempt did not start: this is the log of an earlier attempt' : null;
}

export function attemptsOf(job: Pick<JobDetail, 'attempts'>): number {
  return job.attempts?.length ?? 0;
}

function time(milliseconds: number | undefined): string | null {
  return milliseconds ? new Date(milliseconds).toISOString() : null;
}

function seconds(from: number | undefined, to: number | undefined): number | null {
  return from && to ? Math.round((to - from) / 100) / 10 : null;
}
