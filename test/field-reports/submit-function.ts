import { JobStatus, ListJobsCommand, SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { batch, callNames, EXECUTION, NOW, resetClients, s3, serviceError, sqs } from './clients';
import { duration, expand, expectPieces, like, oneOf, pieces, serviceErrorData } from './data';
import { jobName } from '../../src/contract/job-name';
import type { SubmitRequest } from '../../src/contract/job-spec';
import { handler } from '../../src/functions/submit/submit.lambda';
import { definitionOf } from '../definitions';
import { templateOf } from '../stacks';

/** What the state machine knows about its job; a replay gives what differs. */
const job = v.optional(v.record(v.string(), v.unknown()), {});

/** A run's input, and what becomes of it. */
export const input = v.strictObject({
  job,
  /** The input as JSON text, so that nothing reads it before the function does. */
  given: v.string(),
  expects: oneOf({ refused: pieces, submitted: v.record(v.string(), v.unknown()) }),
});

/** The calls that a service can refuse. */
const CALLS = {
  SubmitJob: () => batch.on(SubmitJobCommand),
  ListJobs: () => batch.on(ListJobsCommand),
  PutObject: () => s3.on(PutObjectCommand),
  SendMessage: () => sqs.on(SendMessageCommand),
};

/** What the services answer to a submission, and what becomes of it. */
export const submission = v.strictObject({
  job,
  given: v.optional(v.string(), '{}'),
  /** The call that a service refuses, and how. */
  refused: v.optional(v.strictObject({ call: v.picklist(Object.keys(CALLS) as (keyof typeof CALLS)[]), ...serviceErrorData.entries })),
  /** The jobs of the run that ListJobs shows, from the oldest on. */
  listed: v.optional(v.array(v.strictObject({ jobId: v.string(), status: v.string(), round: v.optional(v.number(), 1) })), []),
  /** How often the state was retried before. */
  retries: v.optional(v.number(), 0),
  /** How long ago the state was entered. */
  entered: v.optional(duration, '1m'),
  expects: v.strictObject({
    /** The name of the error, or the job that the run has. */
    error: v.optional(v.string()),
    jobId: v.optional(v.string()),
    message: v.optional(pieces),
    calls: v.array(v.string()),
    /** Whether the state machine retries the error. */
    retried: v.optional(v.boolean()),
  }),
});

export async function replayInput({ job: spec, given, expects }: v.InferOutput<typeof input>): Promise<void> {
  const answer = await submit({ spec, given });
  if (expects.refused) {
    expect(answer.error).toBe('InvalidInput');
    expectPieces(answer.message, expects.refused);
    expect(callNames()).toEqual([]);
  } else {
    expect(answer).toMatchObject({ jobId: 'job-1' });
    expect(batch.commandCalls(SubmitJobCommand)[0].args[0].input).toEqual(like(expects.submitted));
  }
}

export async function replaySubmission(replay: v.InferOutput<typeof submission>): Promise<void> {
  const { expects } = replay;
  const answer = await submit({ spec: replay.job, ...replay });
  expect([answer.error, answer.jobId]).toEqual([expects.error, expects.jobId]);
  expectPieces(answer.message, expects.message);
  expect(callNames()).toEqual(expects.calls);
  if (expects.retried !== undefined) expect(isRetriedByRun(expects.error!)).toBe(expects.retried);
}

interface Try extends Partial<Pick<v.InferOutput<typeof submission>, 'refused' | 'listed' | 'retries' | 'entered'>> {
  readonly spec: Record<string, unknown>;
  readonly given: string;
}

async function submit({ spec, given, refused, listed = [], retries = 0, entered = 60 }: Try): Promise<{ jobId?: string; error?: string; message?: string }> {
  resetClients();
  process.env.JOB_QUEUES = 'queue';
  const jobs = listed.map(({ jobId, status, round }, index) => (
    { jobId, status: status as JobStatus, createdAt: index, jobName: jobName({ executionArn: EXECUTION, redrive: 0, round }) }));
  batch.on(ListJobsCommand).resolves({ jobSummaryList: [] }).on(ListJobsCommand, { jobQueue: 'queue' }).resolves({ jobSummaryList: jobs });
  batch.on(SubmitJobCommand).resolves({ jobId: 'job-1' });
  batch.on(TerminateJobCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  sqs.on(SendMessageCommand).resolves({});
  if (refused) CALLS[refused.call]().rejects(serviceError(refused));
  const request = {
    job: { definition: 'definition:1', queue: 'queue', vcpus: 1, memory: 1024, queueTimeout: 3600, logGroup: 'log', parameters: [], ...spec },
    execution: { Id: EXECUTION, Input: JSON.parse(expand(given)), RedriveCount: 0 },
    retryCount: retries,
    enteredAt: new Date(NOW - entered * 1000).toISOString(),
    token: 'token',
  } as unknown as SubmitRequest;
  try {
    return { jobId: (await handler(request))!.body.jobId };
  } catch (error) {
    return { error: (error as Error).name, message: (error as Error).message };
  }
}

let retriers: { ErrorEquals: string[]; MaxAttempts: number }[] | undefined;

/** Whether the state that submits a job is retried after an error, by the definition that is in the template. The first retrier that names the error decides. */
function isRetriedByRun(error: string): boolean {
  retriers ??= definitionOf(templateOf()).States.Run.Retry as NonNullable<typeof retriers>;
  return retriers.find(({ ErrorEquals }) => ErrorEquals.some((name) => name === error || name === 'States.ALL'))!.MaxAttempts > 0;
}
