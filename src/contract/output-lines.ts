import { stripVTControlCharacters } from 'node:util';

/** A line of a container's output that begins so is its result: JSON follows. */
export const RESULT_LINE = '::result ';
/** A line of a container's output that begins so is its progress. */
export const PROGRESS_LINE = '::progress ';

/** The most bytes of a line that says something of a run's progress. */
const PROGRESS_BYTES = 1024;
/** The most characters of its free text. */
const MESSAGE_CHARACTERS = 200;

/** How far a run has got, in the words of its container. */
export interface Progress {
  /** From 0 to 100, with one decimal at most. */
  readonly percentage?: number;
  readonly done?: number;
  readonly total?: number;
  readonly message?: string;
}

/**
 * A line without the colours that programs write to a terminal. They begin with ESC, which no JSON has. The character U+009B, which could begin
 * them too, may be a part of JSON.
 */
function withoutColours(line: string): string {
  return line.split('\u009b').map(stripVTControlCharacters).join('\u009b');
}

/** The JSON of the last result in some output. Undefined where there is none. A carriage return does not begin a line, so that words in a line cannot be a result. */
export function resultIn(text: string): string | undefined {
  return text.split('\n').map(withoutColours).filter((line) => line.startsWith(RESULT_LINE)).at(-1)?.slice(RESULT_LINE.length);
}

/** The last progress in some output. Programs that overwrite a line begin it with a carriage return. A line that says no progress in one of the known forms is output like any other. */
export function progressIn(text: string): Progress | undefined {
  for (const line of text.split(/[\r\n]+/).reverse()) {
    const progress = progressOf(withoutColours(line));
    if (progress) return progress;
  }
  return undefined;
}

function progressOf(line: string): Progress | undefined {
  if (!line.startsWith(PROGRESS_LINE) || Buffer.byteLength(line) > PROGRESS_BYTES) return undefined;
  const text = line.slice(PROGRESS_LINE.length).trim();
  return text.startsWith('{') ? fromJson(text) : fromWords(text);
}

/** `42 rendering tiles`, `42% rendering tiles`, `201/300 rendering tiles` */
function fromWords(text: string): Progress | undefined {
  const [, first, total, message] = /^(\d{1,15}(?:\.\d{1,15})?)(?:%|\/(\d{1,15}(?:\.\d{1,15})?))?(?:\s+(.*))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  return total === undefined ? validated({ percentage: Number(first), message }) : validated({ done: Number(first), total: Number(total), message });
}

/** `{"done": 201, "total": 300, "message": "rendering tiles"}`, or with `percentage`. */
function fromJson(text: string): Progress | undefined {
  try {
    const { percentage, done, total, message } = JSON.parse(text);
    return validated({ percentage, done, total, message });
  } catch {
    return undefined;
  }
}

/** Undefined where the numbers are none that a progress can have. */
function validated({ percentage, done, total, message }: { [name in keyof Progress]?: unknown }): Progress | undefined {
  const words = typeof message === 'string' && message.trim() !== '' ? { message: message.trim().slice(0, MESSAGE_CHARACTERS) } : {};
  if (done !== undefined || total !== undefined) {
    if (!isCount(done) || !isCount(total) || total === 0 || done > total) return undefined;
    return { percentage: rounded(100 * done / total), done, total, ...words };
  }
  return isCount(percentage) && percentage <= 100 ? { percentage: rounded(percentage), ...words } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function rounded(percentage: number): number {
  return Math.floor(10 * percentage) / 10;
}
