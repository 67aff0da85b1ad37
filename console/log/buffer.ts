import { plainLine } from './ansi';
import type { LogPage } from '../api/types';

/** More lines make a browser slow. */
export const MOST_SHOWN = 2_000;

export interface LogLine {
  /** Counts from the first line that was read: it names the line, while older ones are dropped. */
  readonly number: number;
  readonly at: string;
  readonly text: string;
}

export interface LogBuffer {
  readonly lines: readonly LogLine[];
  /** How many older lines were read and are not shown any more. */
  readonly dropped: number;
}

export const EMPTY_LOG: LogBuffer = { lines: [], dropped: 0 };

/** The newest lines, with those of a further page. */
export function withPage({ lines, dropped }: LogBuffer, page: LogPage['lines'], most = MOST_SHOWN): LogBuffer {
  if (page.length === 0) return { lines, dropped };
  const begin = (lines.at(-1)?.number ?? dropped - 1) + 1;
  const all = [...lines, ...page.map(({ at, text }, index) => ({ number: begin + index, at, text: plainLine(text) }))];
  const excess = Math.max(0, all.length - most);
  return { lines: all.slice(excess), dropped: dropped + excess };
}

/** Lines of the first page, and of those that follow. */
const [NEWEST, FOLLOWING] = [200, 1_000];
/** After so many full pages in a row the page begins again at the end of the log: all who use the API share its readings of logs. */
const MOST_FULL = 3;
const GAP = '… lines are left out here';

/** What is known of a log. */
export interface KnownLog {
  readonly buffer: LogBuffer;
  /** Undefined where the newest lines are asked for. */
  readonly next?: string;
  readonly reason?: string;
  /** Full pages in a row. */
  readonly full: number;
}

export const UNREAD_LOG: KnownLog = { buffer: EMPTY_LOG, full: 0 };

export function queryOf({ next }: KnownLog): Readonly<Record<string, string | number>> {
  return next === undefined ? { from: 'tail', limit: NEWEST } : { next, limit: FOLLOWING };
}

/** What is known after a further answer. */
export function afterPage({ buffer, next, full }: KnownLog, page: LogPage): KnownLog {
  const nowFull = next !== undefined && page.lines.length >= FOLLOWING ? full + 1 : 0;
  return { buffer: bufferOf(), next: nowFull < MOST_FULL ? page.next : undefined, reason: page.reason, full: nowFull };

  function bufferOf(): LogBuffer {
    if (next !== undefined) return withPage(buffer, page.lines);
    // Without a place to go on from, the page is the whole tail.
    if (full < MOST_FULL) return withPage(EMPTY_LOG, page.lines);
    const last = buffer.lines.at(-1)?.at ?? '';
    return withPage(buffer, [{ at: last, text: GAP }, ...page.lines.filter(({ at }) => at > last)]);
  }
}

/** What a line is for: the words of the job for this library are not for people. */
export function kindOf(text: string): 'progress' | 'result' | 'text' {
  if (text.startsWith('::progress')) return 'progress';
  return text.startsWith('::result') ? 'result' : 'text';
}
