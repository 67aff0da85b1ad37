import type { LogStreamState } from './cloudwatch-logs';
import { invalid, invalidToken, PAGE, sizeOf, validateLimit } from './pages';
import { uuidOf } from '../../uuid';

/** Where an event is in the order of all events of a group. */
type Place = readonly [timestamp: number, stream: string, position: number];

/**
 * A page of the events of several streams, by their times. The page after it begins behind its last event, so that new events, and ones that are forgotten, change nothing.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function filterEvents(streams: readonly LogStreamState[], input: any, now: number) {
  const { logStreamNames, logStreamNamePrefix, startTime = 0, endTime = Infinity, filterPattern, nextToken, limit = PAGE.events } = input;
  validateLimit(limit);
  if (logStreamNames && logStreamNamePrefix) throw invalid('logStreamNamePrefix and logStreamNames cannot both be given.');
  if (filterPattern) throw invalid('the emulator does not support filterPattern; leave it out, and filter what comes');
  const after = nextToken === undefined ? undefined : placeOf(nextToken);
  const isAsked = ({ stream }: LogStreamState) => (logStreamNames?.includes(stream) ?? true) && stream.startsWith(logStreamNamePrefix ?? '');
  const found = streams.filter(isAsked).flatMap(({ group, stream, dropped, events }) => events
    .map((event, index) => ({ event, group, place: [event.timestamp, stream, dropped + index] as const }))
    .filter(({ event: { timestamp, ingestionTime } }) => ingestionTime <= now && timestamp >= startTime && timestamp <= endTime)
    .filter(({ place }) => !after || compare(place, after) > 0));
  found.sort((a, b) => compare(a.place, b.place));
  let [count, bytes] = [0, 0];
  while (count < Math.min(limit, found.length) && (bytes += sizeOf(found[count].event.message)) <= PAGE.bytes) count++;
  const events = found.slice(0, count).map(({ event, group, place: [, logStreamName, position] }) => (
    { logStreamName, ...event, eventId: uuidOf(`${group} ${logStreamName} ${position}`) }
  ));
  return { events, searchedLogStreams: [], nextToken: count < found.length ? tokenOf(found[count - 1].place) : undefined };
}

function compare([time, stream, position]: Place, [otherTime, otherStream, otherPosition]: Place): number {
  return time - otherTime || (stream < otherStream ? -1 : Number(stream > otherStream)) || position - otherPosition;
}

function tokenOf([time, stream, position]: Place): string {
  return `${time}/${position}/${stream}`;
}

function placeOf(token: string): Place {
  const [, time, position, stream] = /^(\d+)\/(\d+)\/(.+)$/.exec(token) ?? invalidToken();
  return [Number(time), stream, Number(position)];
}
