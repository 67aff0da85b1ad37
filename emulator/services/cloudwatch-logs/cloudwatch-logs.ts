import { filterEvents } from './filter-events';
import { eventsOf } from './log-event';
import { invalidToken, PAGE, sizeOf, validateLimit } from './pages';
import type { DeployedLogGroup } from '../../assembly/deployment';
import type { Clock } from '../../clock';
import type { Faults } from '../../faults';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';

export interface LogEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

/** A log stream, as plain data. */
export interface LogStreamState {
  readonly group: string;
  readonly stream: string;
  /** How many events were dropped at its beginning. Tokens count from the first event that there ever was. */
  readonly dropped: number;
  readonly events: readonly LogEvent[];
}

interface LogStream extends LogStreamState {
  dropped: number;
  bytes: number;
  events: LogEvent[];
}

/** Bytes that are kept of a stream, and of all of them, so that endless jobs do not fill the memory. CloudWatch Logs keeps everything. */
const KEPT = { ofStream: 4 * 1024 * 1024, ofAll: 256 * 1024 * 1024 };

/** CloudWatch Logs, as far as a run uses it: containers write lines, and functions read the newest ones. */
export class CloudWatchLogs implements Service {
  readonly name = 'cloudwatch_logs';
  private readonly groups: ReadonlyMap<string, DeployedLogGroup>;
  private readonly streams = new Map<string, LogStream>();
  private bytes = 0;

  /** @param onStream is told of a stream that was made or has got events, and of one that is gone */
  constructor(
    private readonly clock: Clock,
    private readonly faults: Pick<Faults, 'ingestion'>,
    groups: readonly DeployedLogGroup[],
    private readonly onStream: (group: string, stream: string, state: LogStreamState | undefined) => void = () => undefined,
  ) {
    this.groups = new Map(groups.map((group) => [group.name, group]));
  }

  /** What the log driver of a container does when the container starts. */
  createStream(group: string, stream: string): LogStream {
    const key = keyOf(group, stream);
    const existing = this.streams.get(key);
    if (existing) return existing;
    const log: LogStream = { group, stream, dropped: 0, bytes: 0, events: [] };
    this.streams.set(key, log);
    this.onStream(group, stream, log);
    return log;
  }

  state(): LogStreamState[] {
    return [...this.streams.values()].map(({ group, stream, dropped, events }) => ({ group, stream, dropped, events }));
  }

  /** Takes the streams of a former emulator. */
  restore(streams: readonly LogStreamState[]): void {
    for (const { group, stream, dropped, events } of streams) {
      const log: LogStream = { group, stream, dropped, bytes: 0, events: [...events] };
      events.forEach(({ message }) => this.count(log, sizeOf(message)));
      this.streams.set(keyOf(group, stream), log);
    }
  }

  /** What it does with a line. */
  write(group: string, stream: string, line: string): void {
    const log = this.createStream(group, stream);
    const timestamp = this.clock.now();
    for (const message of eventsOf(line)) {
      log.events.push({ timestamp, ingestionTime: timestamp + this.faults.ingestion({ group, stream, message }), message });
      this.count(log, sizeOf(message));
    }
    if (log.bytes > KEPT.ofStream) this.drop(log, KEPT.ofStream / 2);
    this.onStream(group, stream, log);
    for (const [key, oldest] of this.streams) {
      if (this.bytes <= KEPT.ofAll || oldest === log) break;
      this.drop(oldest, 0);
      this.streams.delete(key);
      this.onStream(oldest.group, oldest.stream, undefined);
    }
  }

  /** Drops the oldest events of a stream until so many bytes are left. */
  private drop(log: LogStream, left: number): void {
    let dropped = 0;
    while (log.bytes > left && dropped < log.events.length) this.count(log, -sizeOf(log.events[dropped++].message));
    log.events = log.events.slice(dropped);
    log.dropped += dropped;
  }

  private count(log: LogStream, bytes: number): void {
    log.bytes += bytes;
    this.bytes += bytes;
  }

  authorizations({ action, input: { logGroupName, logGroupIdentifier, logStreamName } }: ApiCall): Authorization[] {
    const group = this.groups.get(nameOf(logGroupName ?? logGroupIdentifier));
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-identity-based-access-control-cwl.html
    const context = Object.fromEntries(Object.entries(group?.tags ?? {}).map(([name, value]) => [`aws:ResourceTag/${name}`, value]));
    // CloudFormation's ARN of a group ends with `:*`.
    const arn = group?.arn.replace(/:\*$/, '') ?? `arn:aws:logs:::log-group:${logGroupName}`;
    return [{ action: `logs:${action}`, resource: action === 'FilterLogEvents' ? `${arn}:*` : `${arn}:log-stream:${logStreamName}`, context }];
  }

  async handle({ action, input }: ApiCall): Promise<unknown> {
    if (action === 'GetLogEvents') return this.events(input);
    if (action === 'FilterLogEvents') return this.filtered(input);
    throw new ServiceError('UnknownOperationException', `the emulator does not support ${action} of Amazon CloudWatch Logs`);
  }

  private filtered(input: any) {
    const group = nameOf(input.logGroupName ?? input.logGroupIdentifier);
    const streams = [...this.streams.values()].filter((log) => log.group === group);
    // The streams of a former app are there still.
    if (streams.length === 0 && !this.groups.has(group)) throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    return filterEvents(streams, input, this.clock.now());
  }

  /** Pages go forwards from the oldest event, or backwards from the newest. The token of the last page is the one that asked for it. */
  private events(input: any) {
    const { logGroupName, logGroupIdentifier, logStreamName, startTime = 0, endTime = Infinity, nextToken, limit = PAGE.events, startFromHead = false } = input;
    const group = nameOf(logGroupName ?? logGroupIdentifier);
    validateLimit(limit);
    const log = this.streams.get(keyOf(group, logStreamName));
    const now = this.clock.now();
    if (!log) throw new ServiceError('ResourceNotFoundException', `The specified log ${this.groups.has(group) ? 'stream' : 'group'} does not exist.`);
    const seen = log.events.filter(({ ingestionTime }) => ingestionTime <= now);

    const [, direction, position] = nextToken === undefined ? [] : /^([fb])\/(\d+)$/.exec(nextToken) ?? invalidToken();
    const forwards = direction === undefined ? startFromHead : direction === 'f';
    const events: LogEvent[] = [];
    let at = position === undefined ? forwards ? 0 : seen.length : Math.max(Number(position) - log.dropped, 0);
    const from = at;
    for (let bytes = 0; events.length < limit; at += forwards ? 1 : -1) {
      const event = seen[forwards ? at : at - 1];
      if (!event) break;
      if (event.timestamp < startTime || event.timestamp >= endTime) continue;
      bytes += sizeOf(event.message);
      if (bytes > PAGE.bytes && events.length > 0) break;
      if (forwards) events.push(event);
      else events.unshift(event);
    }
    const [first, last] = forwards ? [from, at] : [at, from];
    return { events, nextForwardToken: `f/${log.dropped + last}`, nextBackwardToken: `b/${log.dropped + first}` };
  }
}

/** The name of a group, by its name or its ARN. */
function nameOf(identifier: string): string {
  return identifier?.startsWith('arn:') ? identifier.split(':')[6] : identifier;
}

function keyOf(group: string, stream: string): string {
  return `${group}:${stream}`;
}
