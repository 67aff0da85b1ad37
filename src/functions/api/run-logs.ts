import { CloudWatchLogsClient, GetLogEventsCommand, GetLogEventsCommandInput, GetLogEventsCommandOutput, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { outcomeIn } from './observations';
import { isUnavailable, Problem } from './problem';
import { ReadingPace } from './reading-pace';
import type { RunStore } from './run-store';
import type { SharedLimits } from './shared-limits';
import type { StoredRun, TimedProgress } from './stored-run';
import { isOver, LOG_CURSOR_PATTERN } from '../../contract/api-runs';
import { progressIn } from '../../contract/output-lines';
import { log } from '../shared/log';

/** Half of what an account has in the smallest Regions: GetLogEvents answers 10 calls a second. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const READINGS = { calls: 10, period: 2 };
/** Milliseconds between two readings of the progress of a run. It is longer while the budget is not enough for the runs that are asked for. */
const PROGRESS_KEPT = 2_000;
/** The newest lines among which progress is looked for. */
const PROGRESS_LINES = 200;
/** Milliseconds that the clock of a host may be wrong. Without a time, CloudWatch Logs was seen to answer many empty pages: https://github.com/apache/airflow/pull/33231 */
const CLOCK_ERROR = 15 * 60_000;

/** A page of the log of a run, as the API shows it. */
export interface LogPage {
  readonly lines: readonly { readonly at: string; readonly text: string }[];
  /** For the lines that follow. Undefined when there will be none. */
  readonly next?: string;
  /** Why there are no lines. */
  readonly reason?: string;
}

export interface LogQuery {
  readonly limit: number;
  /** `next` of the page before. */
  readonly next?: string;
  /** Whether the first page has the newest lines. Otherwise it has the oldest. */
  readonly fromTail: boolean;
}

/** The logs of the containers of runs. They are read when somebody asks, and all requests share a budget. */
export class RunLogs {
  private readonly pace = new ReadingPace(PROGRESS_KEPT, READINGS.period);

  constructor(private readonly logs: CloudWatchLogsClient, private readonly store: RunStore, private readonly limits: SharedLimits) {}

  /** A run with its newest progress. Many who ask for one run at once read its log once, and a log that cannot be read changes nothing. */
  async withProgress(run: StoredRun): Promise<StoredRun> {
    const { id, status, logGroup, logStreams = [], startedAt = 0, progressReadAt = 0 } = run;
    if (status !== 'RUNNING' || !logGroup || logStreams.length === 0 || !this.pace.isTurn(progressReadAt)) return run;
    try {
      if (!await this.takeCall()) {
        this.pace.foundNone();
        return run;
      }
      if (!await this.store.takeReading(id, 'progressReadAt', Date.now() - PROGRESS_KEPT)) return run;
      const stream = { logGroupName: logGroup, logStreamName: logStreams.at(-1)!, startTime: Math.max(0, startedAt - CLOCK_ERROR) };
      const page = await this.read({ ...stream, limit: PROGRESS_LINES, startFromHead: false });
      const progress = newestProgress(page.events ?? []);
      if (!progress) return run;
      await this.store.progressed(run, progress);
      return { ...run, progress };
    } catch (error) {
      const { name } = error as Error;
      if (name !== 'ResourceNotFoundException') log('failed', { runId: id, error: name, message: 'GetLogEvents: the progress may be old' });
      return run;
    }
  }

  /** A page of the log of a run, over all of its containers, the oldest lines first. */
  async page(run: StoredRun, output: string | undefined, { limit, next, fromTail }: LogQuery): Promise<LogPage> {
    const named = next === undefined ? undefined : readCursor(next);
    const { logGroup, streams } = streamsOf(run, output);
    if (!logGroup || streams.length === 0) {
      return { lines: [], reason: isOver(run.status) ? 'no container of this run has started, or its log is not in CloudWatch Logs' : 'no container of this run has started yet' };
    }
    const cursor = named ?? { stream: fromTail ? streams.length - 1 : 0 };
    const logStreamName = streams[cursor.stream];
    if (logStreamName === undefined) throw noCursor();
    try {
      if (!await this.takeCall()) throw new Problem(429, 'the logs of this API are read too often; try again in some seconds');
      const page = await this.read({
        logGroupName: logGroup,
        logStreamName,
        limit,
        startTime: Math.max(0, run.createdAt - CLOCK_ERROR),
        nextToken: cursor.token,
        startFromHead: !fromTail || next !== undefined,
      });
      const { events = [], nextForwardToken: token } = page;
      const lines = events.map(({ timestamp = 0, message = '' }) => ({ at: new Date(timestamp).toISOString(), text: message }));
      const isAtEnd = token === cursor.token;
      if (isAtEnd && cursor.stream < streams.length - 1) return { lines, next: writeCursor({ stream: cursor.stream + 1 }) };
      return { lines, next: isAtEnd && isOver(run.status) ? undefined : writeCursor({ stream: cursor.stream, token }) };
    } catch (error) {
      const { name } = error as Error;
      if (name === 'InvalidParameterException') throw noCursor();
      if (name === 'ResourceNotFoundException') {
        // Nothing will be written to a stream after the next container has started.
        if (cursor.stream < streams.length - 1) return { lines: [], next: writeCursor({ stream: cursor.stream + 1 }) };
        return { lines: [], reason: `the log stream does not exist ${isOver(run.status) ? 'any more' : 'yet'}`, next: isOver(run.status) ? undefined : writeCursor(cursor) };
      }
      if (name === 'AccessDeniedException') return { lines: [], reason: 'this API may not read the log of this job' };
      if (isUnavailable(error)) throw new Problem(429, 'CloudWatch Logs asks for fewer calls; try again in some seconds');
      throw error;
    }
  }

  /** Whether the log may be read now. */
  private takeCall(): Promise<boolean> {
    return this.limits.takeCall('GetLogEvents', READINGS);
  }

  private read(input: GetLogEventsCommandInput): Promise<GetLogEventsCommandOutput> {
    return this.logs.send(new GetLogEventsCommand(input));
  }
}

function newestProgress(events: readonly OutputLogEvent[]): TimedProgress | undefined {
  for (const { message = '', timestamp = 0 } of [...events].reverse()) {
    const progress = progressIn(message);
    if (progress) return { ...progress, at: timestamp };
  }
  return undefined;
}

/** The log streams of a run. Where events were lost, its output knows them. */
function streamsOf({ logGroup, logStreams = [] }: StoredRun, output: string | undefined): { logGroup?: string; streams: readonly string[] } {
  if (logStreams.length > 0) return { logGroup, streams: logStreams };
  const { logGroup: ofOutput, logStreams: named } = outcomeIn(output);
  return { logGroup: typeof ofOutput === 'string' ? ofOutput : undefined, streams: Array.isArray(named) ? named.filter((name) => typeof name === 'string') : [] };
}

/** Where a page begins: the index of a stream, since a name would let a caller read a stream of another run. */
interface Cursor {
  readonly stream: number;
  readonly token?: string;
}

const CURSOR = new RegExp(LOG_CURSOR_PATTERN);

function writeCursor({ stream, token }: Cursor): string {
  return Buffer.from(JSON.stringify([stream, token])).toString('base64url');
}

function readCursor(next: string): Cursor {
  if (!CURSOR.test(next)) throw noCursor(); // which a Buffer would read nevertheless
  try {
    const [stream, token] = JSON.parse(Buffer.from(next, 'base64url').toString()) as unknown[];
    if (Number.isSafeInteger(stream) && (token === undefined || token === null || typeof token === 'string')) return { stream: stream as number, token: token as string | undefined ?? undefined };
  } catch {
    // refused below
  }
  throw noCursor();
}

function noCursor(): Problem {
  return new Problem(400, "'next' is not of a page of this log; use the one of the page before");
}
