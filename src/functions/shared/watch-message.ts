import * as v from 'valibot';

/** Look at a job; said by the submit function, and by the watch function to itself. */
const look = v.object({
  look: v.object({
    jobId: v.string(),
    /** The newest task token of the job's run. */
    token: v.string(),
    /** Milliseconds since the epoch at which the job was first looked for. */
    since: v.number(),
    /** Set when an event said that the job is over and DescribeJobs did not know yet: how often that was so. */
    early: v.optional(v.number()),
  }),
});

/** End what an execution left running; said by the state machine when it gives up, and by the watch function to itself. */
const cleanUp = v.object({
  cleanUp: v.object({
    execution: v.string(),
    /** Jobs of later redrives are left alone. */
    redrive: v.number(),
  }),
});

/** Look whether an execution left something running; said by the submit function when it does not know whether it submitted a job. */
const check = v.object({
  check: v.object({ execution: v.string() }),
});

/** https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html */
const jobEvent = v.object({
  'source': v.literal('aws.batch'),
  'detail-type': v.literal('Batch Job State Change'),
  'detail': v.object({ jobId: v.string() }),
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const executionEvent = v.object({
  'source': v.literal('aws.states'),
  'detail-type': v.literal('Step Functions Execution Status Change'),
  'detail': v.object({ executionArn: v.string() }),
});

const message = v.union([look, cleanUp, check, jobEvent, executionEvent]);

export type Look = v.InferOutput<typeof look>['look'];
export type CleanUp = v.InferOutput<typeof cleanUp>['cleanUp'];

export type WatchMessage =
  | { readonly kind: 'look'; readonly look: Look }
  | { readonly kind: 'cleanUp'; readonly cleanUp: CleanUp }
  | { readonly kind: 'jobEvent'; readonly jobId: string }
  | { readonly kind: 'check'; readonly execution: string };

/** Undefined for what is none of ours: it is ignored, since no retry would make it readable. */
export function readWatchMessage(body: string): WatchMessage | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const result = v.safeParse(message, json);
  if (!result.success) return undefined;
  const said = result.output;
  if ('look' in said) return { kind: 'look', look: said.look };
  if ('cleanUp' in said) return { kind: 'cleanUp', cleanUp: said.cleanUp };
  if ('check' in said) return { kind: 'check', execution: said.check.execution };
  return said.source === 'aws.batch'
    ? { kind: 'jobEvent', jobId: said.detail.jobId }
    : { kind: 'check', execution: said.detail.executionArn };
}

export function lookMessage(said: Look): string {
  return JSON.stringify({ look: said });
}

export function cleanUpMessage(said: CleanUp): string {
  return JSON.stringify({ cleanUp: said });
}

export function checkMessage(execution: string): string {
  return JSON.stringify({ check: { execution } });
}
