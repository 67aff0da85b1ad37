import type { Report } from './findings';
import { listOf, Observations } from './observations';
import type { Scenario } from './scenario';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

const HOUR = 3_600_000;
/** The age of a job until which it is checked more often than later. */
const YOUNG = 2 * HOUR;
/** How each message of the watch queue begins that a function or a state machine sends. */
const FORMS = /^\{"(checkJob|checkRun|cleanUp)":\{/;

/** A world does no more work than its runs need: calls, messages and their receives. */
export function expectBoundedWork({ bounds }: Scenario, observations: Observations, report: Report): void {
  const { calls, runs, mostReceives, deadLetters, messages, jobs, foreignJobs } = observations;
  const times = new Map<string, number[]>();
  for (const { action, at } of calls) listOf(times, action).push(at);
  for (const [action, ofAction] of times) {
    const most = mostInAnHour(ofAction) / Math.max(runs.length, jobs.length);
    if (most > bounds.callsAnHour) report('hung', `${Number(most.toFixed(1))} calls of ${action} in an hour for each job, more than ${bounds.callsAnHour}`);
  }
  for (const [action, ofAction] of bounds.laterCallsAnHour === undefined ? [] : times) {
    const most = mostInAnHour(ofAction.filter((at) => jobs.every(({ createdAt, stoppedAt = Infinity }) => at > createdAt + YOUNG && at < stoppedAt)));
    if (most > bounds.laterCallsAnHour!) report('hung', `${most} calls of ${action} in an hour for a job that is old, more than ${bounds.laterCallsAnHour}`);
  }
  if (mostReceives > bounds.receives) report('hung', `a message was received ${mostReceives} times, more than ${bounds.receives}`);
  if (deadLetters > bounds.deadLetters) report('lost', `${deadLetters} message(s) came to a dead-letter queue, more than ${bounds.deadLetters}`);
  const odd = messages.find(({ body }) => !FORMS.test(body));
  if (odd) report('wrong', `a message of no known form was sent: ${odd.body.slice(0, 100)}`);
  const ids = new Set(runs.map(({ execution }) => execution.name));
  for (const { jobId, plan } of jobs) {
    if (!foreignJobs.has(jobId) && !ids.has(plan.environment[CONTAINER_VARIABLES.RUN_ID])) report('leaked', `${jobId} was submitted, and belongs to no run`);
  }
}

/** The times are in order. */
function mostInAnHour(times: readonly number[]): number {
  let [first, most] = [0, 0];
  times.forEach((time, index) => {
    while (times[first] <= time - HOUR) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
