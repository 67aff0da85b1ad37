import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/**
 * The longest line, in characters. The rest of a longer one is a line of its own. It is about the longest event that Docker's awslogs
 * driver sends: https://github.com/moby/moby/blob/master/daemon/logger/awslogs/cloudwatchlogs.go
 */
const LONGEST_LINE = 262_118;

/** Gives the lines of a stream to a listener. It reads no further until the listener is ready, so a slow reader needs no memory here. */
export async function readLines(stream: Readable, onLine: (line: string) => void | Promise<void>): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const add = async (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) await pieces(line);
    if (rest.length > LONGEST_LINE) {
      await onLine(rest.slice(0, LONGEST_LINE));
      rest = rest.slice(LONGEST_LINE);
    }
  };
  const pieces = async (line: string) => {
    const whole = line.replace(/\r$/, '');
    for (let from = 0; from === 0 || from < whole.length; from += LONGEST_LINE) {
      const waiting = onLine(whole.slice(from, from + LONGEST_LINE));
      if (waiting) await waiting;
    }
  };
  try {
    for await (const chunk of stream) await add(decoder.write(chunk as Buffer));
  } catch {
    // The stream was closed before its end, since its process was killed.
  }
  await add(decoder.end());
  if (rest !== '') await pieces(rest);
}
