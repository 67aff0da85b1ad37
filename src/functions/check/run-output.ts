import type { JobDetail } from '@aws-sdk/client-batch';
import { NO_RESULT, RunResult } from './run-result';
import { Verdict } from './verdict';
import { RunContext, runId } from '../shared/run-context';

/** What a run answers: the output of a run that succeeded, the cause of one that failed. */
export interface RunOutput {
  readonly runId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly exitCode: number | null;
  /** Starts of the container, over all rounds. */
  readonly attempts: number;
  readonly rounds: number;
  /** The verdict's reason; null for a run that succeeded. */
  readonly reason: string | null;
  /** Batch's own words for it. */
  readonly message: string | null;
  readonly submittedAt: string | null;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  readonly queuedSeconds: number | null;
  readonly ranSeconds: number | null;
  readonly logGroup: string;
  readonly logStreams: string[];
  readonly logsUrl: string | null;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** What the rounds before the last one came to. */
  readonly earlierRounds: { readonly jobId: string; readonly reason: string; readonly memory: number }[];
  /** What the container wrote to `HEAVY_BATCH_RESULT`, JSON or text, of a run that succeeded; null when it wrote nothing, or too much. */
  readonly result: unknown;
  /** Where it lies; of an array job, what its children's results begin with. Null when there is none. */
  readonly resultUri: string | null;
  /** Why a result that may be there could not be read. */
  readonly resultError?: string;
  /** Of an array job only. */
  readonly array?: ArrayOutcome;
  /** Of a multi-node job only. */
  readonly nodes?: { readonly count: number; readonly main: number };
}

export interface ArrayOutcome {
  readonly size: number;
  /** Children by their status. */
  readonly children: Record<string, number>;
  readonly firstFailed: { readonly index: number; readonly reason: string; readonly message: string }[];
}

/** What is known of a job that is over besides the job itself. */
export interface Findings {
  readonly verdict: Verdict;
  readonly result?: RunResult;
  readonly array?: ArrayOutcome;
}

export function runOutput(job: JobDetail, context: RunContext, { verdict, result = NO_RESULT, array }: Findings, region: string): RunOutput {
  const logStreams = (job.attempts ?? []).map((attempt) => attempt.container?.logStreamName)
    .concat(job.container?.logStreamName)
    .filter((name, index, all): name is string => !!name && all.indexOf(name) === index);
  return {
    runId: runId(context.execution),
    jobId: job.jobId!,
    jobName: job.jobName!,
    status: verdict.status,
    exitCode: job.container?.exitCode ?? job.attempts?.at(-1)?.container?.exitCode ?? null,
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
    vcpus: context.vcpus,
    memory: context.memory,
    earlierRounds: context.earlier.map(({ jobId, reason, memory }) => ({ jobId, reason, memory })),
    ...result,
    ...(array ? { array } : {}),
    ...(job.nodeProperties?.numNodes ? { nodes: { count: job.nodeProperties.numNodes, main: job.nodeProperties.mainNode ?? 0 } } : {}),
  };
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

// The console's own escaping: `%` of an encoded component becomes `$25`.
function logsUrl(region: string, logGroup: string, logStream: string): string {
  const escape = (name: string) => encodeURIComponent(encodeURIComponent(name)).replace(/%/g, '$');
  const domain = region.startsWith('cn-') ? 'console.amazonaws.cn' : 'console.aws.amazon.com';
  return `https://${region}.${domain}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${escape(logGroup)}/log-events/${escape(logStream)}`;
}
