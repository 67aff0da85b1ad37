import type { Readable } from 'node:stream';

type OnOutput = (line: string) => unknown;

/** Bytes. Docker cuts longer lines: https://docs.docker.com/engine/logging/dual-logging/ */
export const LONGEST_LINE = 16 * 1024;

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
    if (line.length > LONGEST_LINE) {
      const cut = lastBoundary(line, LONGEST_LINE);
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

/** The last place at or before `limit` where a character begins. Bytes that are no UTF-8 are cut at the limit. */
function lastBoundary(bytes: Buffer, limit: number): number {
  for (let cut = limit; cut > limit - LONGEST_CHARACTER; cut--) if (!isContinuation(bytes[cut])) return cut;
  return limit;
}

/** Bytes of a character in UTF-8. */
const LONGEST_CHARACTER = 4;

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}
