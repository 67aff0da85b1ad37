import { FailedChildren, judgeArray } from './array-outcome';
import { EndedJob, judgeNodes } from './node-outcome';
import { attemptsOf } from './run-output';
import { nextRoundAfter, Verdict } from './verdict';
import type { FailureReason } from '../../contract/errors';
import type { NextRound } from '../../contract/job-spec';
import { CAUSE_CHARACTERS } from '../../contract/limits';
import type { ArrayOutcome, RunOutput } from '../../contract/run-output';
import type { RunContext } from '../shared/run-context';

/** The outcome of a finished round. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Only of an array job. */
  readonly array?: ArrayOutcome;
  /** The round that follows; undefined when the run ends. An array job has one round only. */
  readonly nextRound?: NextRound;
}

/** What the run's task is answered. */
export type Answer =
  | { readonly kind: 'success'; readonly output: string }
  | { readonly kind: 'failure'; readonly error: string; readonly cause: string };

export function outcomeOf(job: EndedJob, failedChildren: FailedChildren, context: RunContext): Outcome {
  if (job.arrayProperties?.size !== undefined) return judgeArray(job, failedChildren, context);
  const verdict = judgeNodes(job, context);
  return { verdict, nextRound: nextRoundAfter(verdict, context, { jobId: job.jobId!, attempts: attemptsOf(job) }) };
}

/** A final failure fails the task, so that a redrive runs the job again. An outcome that asks for another round is a success of the task. */
export function answerOf({ verdict, nextRound }: Outcome, output: RunOutput, context: RunContext): Answer {
  if (verdict.status === 'SUCCEEDED') return { kind: 'success', output: JSON.stringify(output) };
  if (nextRound) return { kind: 'success', output: JSON.stringify({ nextRound }) };
  return { kind: 'failure', error: errorName(verdict.reason, context), cause: causeOf(output) };
}

/** The most characters of the message in a cause that would be too long. */
const MESSAGE_CHARACTERS = 4_000;

/** The output as JSON. A message that makes it too long is cut. */
function causeOf(output: RunOutput): string {
  const cause = JSON.stringify(output);
  if (cause.length <= CAUSE_CHARACTERS) return cause;
  return JSON.stringify({ ...output, message: output.message?.slice(0, MESSAGE_CHARACTERS) ?? null }).slice(0, CAUSE_CHARACTERS);
}

/** Reasons that older state machines do not know. */
const NEWER_REASONS: readonly FailureReason[] = ['HostLost', 'InvalidCommand', 'SecretUnavailable', 'FileSystemUnavailable', 'RoleUnavailable'];

/** The state machine of a run that began before a deploy retries errors that it does not know. It gets the name from before; the cause has the reason. */
function errorName(reason: FailureReason, { startTimeout }: RunContext): FailureReason {
  return startTimeout === undefined && NEWER_REASONS.includes(reason) ? 'Infrastructure' : reason;
}
