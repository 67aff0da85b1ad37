import * as v from 'valibot';
import { deliver, firstMessage, show, told } from './check-function';
import { expectPieces, failureReason, pieces, Platform, platform, ShownJob, shownJob } from './data';
import { isRetried } from '../../emulator/services/batch/retry-strategy';
import { templateOf } from '../stacks';

/** How a job ended, and what its run is told. */
export const verdict = v.strictObject({
  on: platform,
  job: shownJob,
  /** Children of an array job, or nodes of a multi-node job, by index. */
  parts: v.optional(v.record(v.string(), shownJob)),
  /** What the job's run knows, as the submit function writes it. */
  context: v.optional(v.record(v.string(), v.unknown())),
  expects: v.strictObject({
    reason: v.union([failureReason, v.literal('SUCCEEDED')]),
    message: v.optional(pieces),
    /** Other fields of the output. */
    output: v.optional(v.record(v.string(), v.unknown())),
    nextRound: v.optional(v.record(v.string(), v.unknown())),
    /** Whether AWS Batch would start the job again after such an attempt, by the rules that are in the template. */
    retried: v.optional(v.boolean()),
  }),
});

export async function replayVerdict({ on, job, parts, context, expects }: v.InferOutput<typeof verdict>): Promise<void> {
  show({ on, job, parts, context });
  await deliver(firstMessage());
  const answer = told();
  const { nextRound, ...output } = answer?.output ?? {};
  if (expects.nextRound) {
    expect(nextRound).toMatchObject({ ...expects.nextRound, earlier: [{ reason: expects.reason }] });
  } else {
    expect(answer?.error ?? output.status).toBe(expects.reason);
    expectPieces(output.message, expects.message);
    expect(output).toMatchObject(expects.output ?? {});
  }
  if (expects.retried !== undefined) expect(isRetried(rulesOf(on), lastAttempt(job))).toBe(expects.retried);
}

function lastAttempt({ attempts, ...job }: ShownJob) {
  return attempts?.at(-1) ?? job;
}

const templates = new Map<boolean, ReturnType<typeof templateOf>>();

/** The rules for further attempts in the template of a job. */
function rulesOf(on: Platform) {
  const fargate = on.startsWith('fargate');
  if (!templates.has(fargate)) templates.set(fargate, templateOf({ fargate }));
  const [definition] = Object.values(templates.get(fargate)!.findResources('AWS::Batch::JobDefinition'));
  return definition.Properties.RetryStrategy.EvaluateOnExit.map(({ Action, OnExitCode, OnReason, OnStatusReason }: Record<string, string>) => (
    { action: Action, onExitCode: OnExitCode, onReason: OnReason, onStatusReason: OnStatusReason }));
}
