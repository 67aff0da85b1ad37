import type { JobDetail } from '@aws-sdk/client-batch';
import { judgeArray } from './array-outcome';
import { EndedJob, judgeNodes } from './node-outcome';
import { attemptsOf } from './run-output';
import { nextRoundAfter, Verdict } from './verdict';
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

/** `firstFailed` are the first failed children of an array job. */
export function outcomeOf(job: EndedJob, firstFailed: readonly JobDetail[], context: RunContext): Outcome {
  if (job.arrayProperties?.size !== undefined) return judgeArray(job, firstFailed, context);
  const verdict = judgeNodes(job, context);
  return { verdict, nextRound: nextRoundAfter(verdict, context, { jobId: job.jobId!, attempts: attemptsOf(job) }) };
}

/** A final failure fails the task, so that a redrive runs the job again. An outcome that asks for another round is a success of the task. */
export function answerOf({ verdict, nextRound }: Outcome, output: RunOutput): Answer {
  if (verdict.status === 'SUCCEEDED') return { kind: 'success', output: JSON.stringify(output) };
  if (nextRound) return { kind: 'success', output: JSON.stringify({ nextRound }) };
  return { kind: 'failure', error: verdict.reason, cause: JSON.stringify(output).slice(0, CAUSE_CHARACTERS) };
}
