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

/** What a line is for: the words of the job for this library are not for people. */
export function kindOf(text: string): 'progress' | 'result' | 'text' {
  if (text.startsWith('::progress')) return 'progress';
  return text.startsWith('::result') ? 'result' : 'text';
}
