import type { JobDetail } from '@aws-sdk/client-batch';
import { NO_RESULT, RunResult } from './run-result';
import type { Verdict } from './verdict';
import type { ArrayOutcome, RunOutput } from '../../contract/run-output';
import { RunContext, runId } from '../shared/run-context';

/** What is known of a finished job besides the job itself. */
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
