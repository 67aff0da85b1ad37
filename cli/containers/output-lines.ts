import type { Readable } from 'node:stream';
import { endOfEvent, LONGEST_EVENT } from '../../emulator/services/cloudwatch-logs/log-event';

type OnOutput = (line: string) => unknown;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of some streams, in the order in which they come. Nothing is read while the receiver of a line is busy: its promise pauses all
 * streams, the pipes fill, and the container waits, as it waits for its log in AWS.
 */
export class OutputLines {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly onOutput: OnOutput) {}

  /** Resolves when the stream has ended and its last line was received. A last line may have no end. */
  async read(stream: Readable, prefix = ''): Promise<void> {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of stream) {
      const { lines, rest: next } = splitLines(Buffer.concat([rest, chunk as Buffer]));
      rest = next;
      for (const line of lines) await this.receive(prefix + line);
    }
    if (rest.length > 0) await this.receive(prefix + withoutReturn(rest));
  }

  private receive(line: string): Promise<unknown> {
    this.last = this.last.then(() => this.onOutput(line));
    return this.last;
  }
}

/** The complete lines of some bytes, and what follows the last one. A line that is too long is complete at the limit. */
export function splitLines(bytes: Buffer): { readonly lines: string[]; readonly rest: Buffer } {
  const lines: string[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (line.length > LONGEST_EVENT) {
      const cut = endOfEvent(line);
      lines.push(line.toString('utf8', 0, cut));
      start += cut;
    } else if (end < 0) {
      return { lines, rest: line };
    } else {
      lines.push(withoutReturn(line));
      start = end + 1;
    }
  }
}

function withoutReturn(line: Buffer): string {
  return line.toString('utf8', 0, line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length);
}
