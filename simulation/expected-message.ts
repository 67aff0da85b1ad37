import { firstFailedWorker, terminationOf } from './actual-outcome';
import type { Report } from './findings';
import type { FixtureJob } from './jobs';
import type { Observations } from './observations';
import { limitOf } from './time-limits';
import type { BatchJob } from '../emulator/services/batch/batch';

/** How many characters of a text of AWS have to be in a message. */
const TOLD_CHARACTERS = 60;
/** What these texts say is in the reason already. */
const SAYS_NOTHING = ['Essential container in task exited', 'Task failed to start'];

/** A user can act only on what AWS reported, so the message has it. */
export function expectTellingMessage(observations: Observations, asked: FixtureJob, job: BatchJob, reported: string, found: unknown, report: Report): void {
  if (typeof found !== 'string' || found === '') {
    report('wrong', `the output's message is ${JSON.stringify(found)}`);
    return;
  }
  const jobs = observations.children.get(job.jobId) ?? [job];
  const blocked = jobs.flatMap(({ blockedBy }) => blockedBy === undefined ? [] : [blockedBy]);
  if (reported === 'Stuck' && blocked.length > 0 && !blocked.some((reason) => found.includes(reason.split(' ')[0]))) {
    report('wrong', `the output's message does not contain the reason that AWS Batch reported: ${blocked[0]}`);
  }
  for (const text of textsToTell(observations, job, reported)) {
    if (!found.includes(text)) report('wrong', `the output's message does not contain '${text}': ${found}`);
  }
  const time = timeToTell(observations, asked, job, reported);
  if (time && !time.test(found)) report('wrong', `the output's message does not say which time was over, ${time}: ${found}`);
}

/** What is missing in the message of a failed child. */
export function missingInChild(observations: Observations, asked: FixtureJob, child: BatchJob, outcome: string, found: string): string[] {
  const ofChild = outcome === 'Cancelled' ? [terminationOf(observations, child)?.reason ?? ''] : [...textsOfAttempt(child), ...exitCodeOf(child, outcome)];
  const time = timeToTell(observations, asked, child, outcome);
  const missing = time ? [] : ofChild.filter((text) => !found.includes(text));
  return time && !time.test(found) ? [String(time)] : missing;
}

/** What a message says of a time that is over: the seconds of the limit that the functions kept, or the words of AWS Batch. */
function timeToTell(observations: Observations, asked: FixtureJob, job: BatchJob, outcome: string): RegExp | undefined {
  if (outcome !== 'Stuck' && outcome !== 'AttemptTimeout') return undefined;
  if (terminationOf(observations, job)?.by === 'function') {
    const statuses = outcome === 'Stuck' ? ['RUNNABLE', 'STARTING'] as const : ['RUNNING'] as const;
    return new RegExp(`\\b(${statuses.map((status) => limitOf(asked, status)).join('|')}) s\\b`);
  }
  return outcome === 'AttemptTimeout' ? /attempt duration exceeded timeout/i : undefined;
}

/** What a user said when ending the job, the worker that failed first, and both texts about the attempt that ended the job or the worker. */
function textsToTell(observations: Observations, job: BatchJob, reported: string): string[] {
  if (reported === 'Cancelled') return [terminationOf(observations, job)?.reason ?? ''];
  const children = observations.children.get(job.jobId);
  if (children) return textsOfChildren(children, reported);
  const worker = firstFailedWorker(observations, job);
  const node = worker ? [`node ${worker.nodeIndex}`] : [];
  if (reported === 'Stuck' || reported === 'AttemptTimeout') return node;
  return [...node, ...textsOfAttempt(worker ?? job), ...exitCodeOf(worker ?? job, reported)];
}

/** How many children failed, of how many, and what the first of them says. */
function textsOfChildren(children: BatchJob[], reported: string): string[] {
  const failed = children.filter(({ status }) => status === 'FAILED');
  if (failed.length === 0 || reported === 'Stuck' || reported === 'AttemptTimeout') return [];
  return [`${failed.length} of ${children.length}`, ...textsOfAttempt(failed[0])];
}

function textsOfAttempt({ attempts }: BatchJob): string[] {
  const { reason = '', statusReason = '' } = attempts.at(-1) ?? {};
  return [reason, statusReason].filter((text) => text !== '' && !SAYS_NOTHING.includes(text)).map((text) => text.slice(0, TOLD_CHARACTERS));
}

function exitCodeOf({ attempts }: BatchJob, reported: string): string[] {
  const exitCode = attempts.at(-1)?.exitCode;
  return reported === 'ExitCode' && exitCode !== undefined ? [String(exitCode)] : [];
}
