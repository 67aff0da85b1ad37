import { DescribeJobsCommand, JobDetail, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { batch, EXECUTION, NOW, OWN_ROLE, recordIs, resetClients, sfn, sqs } from './clients';
import { Platform, ShownJob } from './data';
import { jobName } from '../../src/contract/job-name';
import type { RunOutput } from '../../src/contract/run-output';
import { handler } from '../../src/functions/check/check.lambda';
import type { RunContext } from '../../src/functions/shared/run-context';

/** For how long a job exists, in seconds: long enough for all that was shown of it. */
export const AGE = 7_200;

const CONTEXT: RunContext = {
  execution: EXECUTION,
  redrive: 0,
  round: 1,
  vcpus: 1,
  memory: 1024,
  queue: 'queue',
  queueTimeout: 86_400,
  startTimeout: 10_800,
  attemptTimeout: 86_400,
  logGroup: '/log',
  earlier: [],
};

/** The jobs that AWS Batch shows, the first of which belongs to the run. */
export interface World {
  readonly on: Platform;
  readonly job?: ShownJob;
  /** Children of an array job by index, or nodes of a multi-node job by index. */
  readonly parts?: Readonly<Record<string, ShownJob>>;
  readonly context?: Partial<RunContext>;
  /** For how long the job exists, in seconds. */
  readonly age?: number;
}

/** What the run was told. */
export interface Told {
  readonly error?: string;
  readonly output: Partial<RunOutput> & { readonly nextRound?: object };
}

/** Shows a world to the check function's calls. */
export function show({ on, job, parts = {}, context = {}, age = AGE }: World): void {
  resetClients();
  const createdAt = NOW - age * 1000;
  const run: RunContext = { ...CONTEXT, spot: on.includes('spot'), ...on.startsWith('fargate') ? { fargate: true } : {}, ...context };
  const separator = job?.nodes === undefined ? ':' : '#';
  const detail = job && {
    ...detailOf(job, 'job-1', createdAt),
    jobName: jobName({ executionArn: EXECUTION, redrive: 0, round: 1 }),
    parameters: { heavyBatchRun: JSON.stringify(run) },
  };
  const details = Object.entries(parts).map(([index, part]) => ({
    ...detailOf(part, `job-1${separator}${index}`, createdAt),
    ...separator === ':' ? { arrayProperties: { index: Number(index) } } : { nodeDetails: { nodeIndex: Number(index), isMainNode: index === '0' } },
  }));
  const all = [...detail ? [detail] : [], ...details] as JobDetail[];
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: all.filter(({ jobId }) => jobs.includes(jobId!)) }));
  batch.on(ListJobsCommand).callsFake(({ jobStatus }: { jobStatus?: string }) => ({ jobSummaryList: details.filter(({ status }) => (jobStatus ?? 'RUNNING') === status) }));
  batch.on(TerminateJobCommand).resolves({});
  for (const command of [SendTaskHeartbeatCommand, SendTaskSuccessCommand, SendTaskFailureCommand]) sfn.on(command as never).resolves({});
  sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
  recordIs({ submissionIds: ['id'], jobId: 'job-1', token: 'newer' });
}

function detailOf(job: ShownJob, jobId: string, createdAt: number): Partial<JobDetail> {
  const { status, statusReason, isTerminated, isCancelled, reason, exitCode, logStream, attempts, children, nodes, startedAfter, stoppedAfter = 3_600 } = job;
  const firstStart = createdAt + 60_000;
  const hasEnded = status === 'SUCCEEDED' || status === 'FAILED';
  const tries = attempts ?? (hasEnded && children === undefined ? [{ statusReason, reason, exitCode, logStream, started: true }] : []);
  return {
    jobId,
    status,
    statusReason,
    isTerminated,
    isCancelled,
    createdAt,
    ...startedAfter === undefined ? {} : { startedAt: firstStart + startedAfter * 1000 },
    ...hasEnded ? { stoppedAt: firstStart + stoppedAfter * 1000 } : {},
    container: { reason, exitCode, logStreamName: logStream },
    attempts: tries.map((attempt) => ({
      statusReason: attempt.statusReason,
      ...attempt.started ? { startedAt: firstStart } : {},
      stoppedAt: firstStart + 60_000,
      container: { reason: attempt.reason, exitCode: attempt.exitCode, logStreamName: attempt.logStream },
    })),
    ...children ? { arrayProperties: { size: Object.values(children).reduce((sum, count) => sum + count, 0), statusSummary: children } } : {},
    ...nodes === undefined ? {} : { nodeProperties: { numNodes: nodes, mainNode: 0, nodeRangeProperties: [] } },
  };
}

/** Delivers a message about the job to the check function. Returns whether the function could not deal with it. */
export async function deliver(body: string): Promise<boolean> {
  const { batchItemFailures } = await handler({ Records: [{ messageId: 'm', body, attributes: { SenderId: `${OWN_ROLE}:session` } }] } as never);
  return batchItemFailures.length > 0;
}

export function firstMessage(age = AGE): string {
  return JSON.stringify({ checkJob: { jobId: 'job-1', token: 'token', since: NOW - age * 1000 } });
}

/** What the run was told; undefined while it waits. */
export function told(): Told | undefined {
  const [success] = sfn.commandCalls(SendTaskSuccessCommand).map((call) => call.args[0].input);
  const [failure] = sfn.commandCalls(SendTaskFailureCommand).map((call) => call.args[0].input);
  if (success) return { output: JSON.parse(success.output!) };
  return failure && { error: failure.error, output: JSON.parse(failure.cause!) };
}
