import { createHash } from 'node:crypto';
import { CloudWatchLogsClient, GetLogEventsCommand, GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { readResult, RunResult, tooLarge, UnusableResult, withoutResult } from './run-result';
import { RESULT_BYTES } from '../../contract/limits';
import { resultIn, RESULT_LINE } from '../../contract/output-lines';
import { RESULT_WAIT, UNREADABLE_LOG_WAIT } from '../../contract/timings';
import { limited } from '../shared/limited';
import { withinTime } from '../shared/time-limit';

/** The log of the attempt that succeeded. */
export interface AttemptLog {
  readonly logGroup: string;
  /** Undefined where AWS Batch names none, yet or at all. */
  readonly logStream?: string;
  /** When the attempt started and ended, in milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
}

/** The log does not show the result yet. */
export interface LateResult {
  /** Seconds after which to read it again. */
  readonly readAgainAfter: number;
}

/** How many pages with lines are read, from the newest on. A page has up to 10,000 lines or 1 MB, and a result is printed near the end. */
const PAGES = 3;
/** Milliseconds for all pages, and for the wait in line. */
const READ_TIME = 10_000;
/** Each read keeps some megabytes in memory, and an account has few reads a second. */
const inLine = limited(4);
/**
 * Milliseconds that the clock of a host may be wrong. Between two times, CloudWatch Logs looks at less: without them, it was seen to answer many
 * empty pages. https://github.com/apache/airflow/pull/33231
 */
const CLOCK_ERROR = 15 * 60_000;
/** Seconds between two reads of a log: a part of the time since the first one. Each job has a factor of its own, so that the jobs that end at once spread. */
const DELAY = { part: 1 / 3, shortest: 5, longest: 60, factors: { from: 0.5, to: 1.5 } };
const TOO_LARGE = 'write it to the bucket instead, with HeavyBatchResultSource.BUCKET';
/** Errors that a change of the stack, or a log that is not shown yet, causes for some seconds. */
const SETTLING = ['AccessDeniedException', 'ResourceNotFoundException'];

/**
 * Reads the result that a container printed. The log driver has sent every line before the job ends, but CloudWatch Logs shows a line some seconds
 * later: a result that is not there may be late.
 *
 * @param waited seconds since the first read
 */
export async function logResult(logs: CloudWatchLogsClient, jobId: string, log: AttemptLog, waited: number): Promise<RunResult | LateResult> {
  const later = (atMost: number, problem: string) => waited < atMost
    ? { readAgainAfter: delayOf(jobId, waited) }
    : withoutResult(`${problem}, ${Math.round(waited)} s after the first look`);
  if (log.logStream === undefined) return later(RESULT_WAIT, 'AWS Batch names no log stream of the container, which is where a printed result would be');
  try {
    const { text, lines } = await withinTime(READ_TIME, (signal) => inLine(() => newestResult(logs, log, signal)), () => new Error(`no answer within ${READ_TIME / 1000} s`));
    if (text === undefined) return later(RESULT_WAIT, lines === 0 ? 'the log is empty' : `none of the newest ${lines} lines of the log begins with '${RESULT_LINE}'`);
    const bytes = Buffer.from(text);
    // The log driver cuts a longer line, which would be no JSON.
    if (bytes.length > RESULT_BYTES) throw tooLarge('the result', bytes.length, TOO_LARGE);
    return { result: readResult(bytes, TOO_LARGE), resultUri: null };
  } catch (error) {
    const { name, message } = error as Error;
    if (error instanceof UnusableResult) return withoutResult(message);
    return later(SETTLING.includes(name) ? RESULT_WAIT : UNREADABLE_LOG_WAIT, `the log could not be read: ${name}: ${message}`);
  }
}

function delayOf(jobId: string, waited: number): number {
  const { part, shortest, longest, factors } = DELAY;
  const fraction = createHash('sha256').update(jobId).digest().readUInt32BE() / 2 ** 32;
  const factor = factors.from + (factors.to - factors.from) * fraction;
  return Math.ceil(factor * Math.min(Math.max(waited * part, shortest), longest));
}

/**
 * The JSON of the last result in a log, and how many lines were read. A page may be empty. The last one has the token that asked for it:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
async function newestResult(logs: CloudWatchLogsClient, { logGroup, logStream, startedAt, stoppedAt }: AttemptLog, abortSignal: AbortSignal) {
  const query = {
    logGroupName: logGroup,
    logStreamName: logStream,
    startTime: startedAt && startedAt - CLOCK_ERROR,
    endTime: stoppedAt && stoppedAt + CLOCK_ERROR,
    startFromHead: false,
  };
  let lines = 0;
  let token: string | undefined;
  for (let pages = 0; pages < PAGES && !abortSignal.aborted;) {
    const command = new GetLogEventsCommand({ ...query, nextToken: token });
    const { events = [], nextBackwardToken }: GetLogEventsCommandOutput = await logs.send(command, { abortSignal });
    const text = resultIn(events.map(({ message }) => message).join('\n'));
    lines += events.length;
    if (text !== undefined || nextBackwardToken === token) return { text, lines };
    if (events.length > 0) pages++;
    token = nextBackwardToken;
  }
  return { lines };
}
