/**
 * Bytes of one event. The awslogs driver makes several of a longer line, on instances and on Fargate:
 * https://github.com/moby/moby/pull/34888, https://github.com/aws/shim-loggers-for-containerd/issues/239
 */
export const LONGEST_EVENT = 262_118;

/** Bytes of a character in UTF-8. */
const LONGEST_CHARACTER = 4;

/** The events that the log driver makes of a line. An empty line is none: https://github.com/moby/moby/blob/master/daemon/logger/awslogs/cloudwatchlogs.go */
export function eventsOf(line: string): string[] {
  if (line.length * LONGEST_CHARACTER <= LONGEST_EVENT) return line === '' ? [] : [line];
  const events: string[] = [];
  for (let rest = Buffer.from(line); rest.length > 0;) {
    const end = endOfEvent(rest);
    events.push(rest.toString('utf8', 0, end));
    rest = rest.subarray(end);
  }
  return events;
}

/** Where the first event of a long line ends: at the limit, or before the character that is across it. Bytes that are no UTF-8 are cut at the limit. */
export function endOfEvent(bytes: Buffer): number {
  if (bytes.length <= LONGEST_EVENT) return bytes.length;
  for (let end = LONGEST_EVENT; end > LONGEST_EVENT - LONGEST_CHARACTER; end--) if (!isContinuation(bytes[end])) return end;
  return LONGEST_EVENT;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}
