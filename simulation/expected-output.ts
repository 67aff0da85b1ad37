import { isDeepStrictEqual } from 'node:util';
import { firstFailedWorker, terminationOf } from './actual-outcome';
import type { Report } from './findings';
import type { Observations } from './observations';
import type { Scenario } from './scenario';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';

/** Each field of the output, or of the cause of a failed run, is true. */
export function expectTrueOutput(observations: Observations, execution: Execution, reported: string, rounds: BatchJob[], report: Report): void {
  const last = rounds.at(-1)!;
  const children = observations.children.get(last.jobId) ?? [];
  const attemptsOf = (job: BatchJob) => job.attempts.filter(({ stoppedAt }) => stoppedAt! <= execution.stoppedAt!);
  const output = (reported === 'SUCCEEDED' ? execution.output : parsed(execution.cause)) as Record<string, unknown> | undefined;
  const expected: Record<string, unknown> = {
    runId: execution.name,
    jobId: last.jobId,
    status: reported === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED',
    reason: reported === 'SUCCEEDED' ? null : reported,
    rounds: rounds.length,
    attempts: rounds.reduce((sum, job) => sum + attemptsOf(job).length, 0),
    memory: last.plan.memory,
    // The children of an array job have attempts and exit codes of their own.
    ...(children.length > 0 ? { attempts: output?.attempts } : { exitCode: attemptsOf(last).at(-1)?.exitCode ?? null }),
  };
  for (const [field, value] of Object.entries(expected)) {
    const [found, wanted] = [JSON.stringify(output?.[field]), JSON.stringify(value)];
    if (found !== wanted) report('wrong', `the output's ${field} is ${found}, not ${wanted}`);
  }
  expectTellingMessage(observations, last, reported, String(output?.message), report);
  // A log stream exists when a container ran. The children of an array job have log streams of their own.
  const hasRun = [last, ...observations.nodes.get(last.jobId) ?? []].some(({ containerTimes }) => containerTimes.length > 0);
  if (children.length === 0 && (typeof output?.logsUrl === 'string') !== hasRun) report('wrong', `the output's logsUrl is ${output?.logsUrl}, and ${hasRun ? 'a' : 'no'} container ran`);
}

/** How many characters of a text of AWS have to be in a message. */
const TOLD_CHARACTERS = 60;
/** What these texts say is in the reason already. */
const SAYS_NOTHING = ['Essential container in task exited', 'Task failed to start'];

/** A user can act only on what AWS reported, so the message has it. */
function expectTellingMessage(observations: Observations, job: BatchJob, reported: string, message: string, report: Report): void {
  const jobs = observations.children.get(job.jobId) ?? [job];
  const blocked = jobs.flatMap(({ blockedBy }) => blockedBy === undefined ? [] : [blockedBy]);
  if (reported === 'Stuck' && blocked.length > 0 && !blocked.some((reason) => message.includes(reason.split(' ')[0]))) {
    report('wrong', `the output's message does not contain the reason that AWS Batch reported: ${blocked[0]}`);
  }
  for (const text of reported === 'SUCCEEDED' ? [] : textsToTell(observations, job, reported)) {
    if (!message.includes(text)) report('wrong', `the output's message does not contain '${text}': ${message}`);
  }
}

/** What a user said when ending the job, the worker that failed first, and both texts about the attempt that ended the job or the worker. */
function textsToTell(observations: Observations, job: BatchJob, reported: string): string[] {
  if (reported === 'Cancelled') return [terminationOf(observations, job)!.reason];
  if (observations.children.has(job.jobId)) return [];
  const worker = firstFailedWorker(observations, job);
  const node = worker ? [`node ${worker.nodeIndex}`] : [];
  if (reported === 'Stuck' || reported === 'AttemptTimeout') return node;
  const { reason = '', statusReason = '' } = (worker ?? job).attempts.at(-1) ?? {};
  return [...node, ...[reason, statusReason].filter((text) => text !== '' && !SAYS_NOTHING.includes(text)).map((text) => text.slice(0, TOLD_CHARACTERS))];
}

/** A result of fewer characters has to be in the run's output itself. The oracle has its own figure, a little below the library's. */
const CARRIED_CHARACTERS = 190_000;

/** The output has the JSON that the container wrote, or says why it does not have it, and where it is. */
export function expectWholeResult({ calls }: Scenario, output: Record<string, unknown>, written: string | Buffer | undefined, report: Report): void {
  const { result = null, resultUri, resultError } = output;
  if (written === undefined) {
    if (result !== null) report('wrong', 'the output has a result that no container wrote');
    return;
  }
  if (typeof resultUri !== 'string') report('wrong', 'the output does not say where the result is');
  if (result === null) {
    const mayBeMissing = calls.some(({ of }) => of.includes('GetObject')) || written.length >= CARRIED_CHARACTERS || !isExact(String(written));
    if (!mayBeMissing) report('wrong', `the output's result is not the ${written.length} characters that the container wrote`);
    if (typeof resultError !== 'string') report('wrong', 'the output does not say why it has no result');
  } else if (!isExact(String(written)) || !isDeepStrictEqual(result, parsed(written))) {
    report('wrong', `the output's result is not the ${written.length} characters that the container wrote`);
  }
}

/** Whether a text is JSON whose value can be read and written without a change. One that is nested very deeply cannot, and a long number loses digits. */
function isExact(text: string): boolean {
  try {
    const wholeNumbers = [...text.matchAll(/"(?:[^"\\]|\\.)*"|(-?\d+)(?![\d.eE])/g)].flatMap(([, number]) => number ?? []);
    return JSON.stringify(JSON.parse(text)) !== undefined && wholeNumbers.every((number) => BigInt(Number(number)) === BigInt(number));
  } catch {
    return false;
  }
}

/** The value of a JSON text; undefined for what is none. */
function parsed(json: string | Buffer | undefined): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    return undefined;
  }
}
