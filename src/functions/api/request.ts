import { Problem } from './problem';
import { KEY_CHARACTERS, KEY_PATTERN, LINES, LONGEST_WAIT, MOST_LINES, MOST_ON_A_PAGE, ON_A_PAGE, RUN_STATUSES, RunStatus } from '../../contract/api-runs';

/** Seconds that a caller prefers to wait. A preference that is not understood is ignored: https://www.rfc-editor.org/rfc/rfc7240#section-4.3 */
export function preferredWait(prefer: string | undefined): number {
  const [, seconds = '0'] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(prefer ?? '') ?? [];
  return Math.min(Number(seconds), LONGEST_WAIT);
}

const IDEMPOTENCY_KEY = new RegExp(KEY_PATTERN);

/** Throws a problem for a key that is empty, too long, or has characters that are not printable ASCII. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || header.length <= KEY_CHARACTERS && IDEMPOTENCY_KEY.test(header)) return header;
  throw new Problem(400, `the header 'Idempotency-Key' is not 1 to ${KEY_CHARACTERS} printable characters of ASCII; use a UUID`);
}

/** Seconds: the query parameter `wait`. */
export function queriedWait(wait: string | undefined): number {
  return wholeNumber('wait', wait, { least: 0, most: LONGEST_WAIT }) ?? 0;
}

export function limitOf(limit: string | undefined): number {
  return wholeNumber('limit', limit, { least: 1, most: MOST_ON_A_PAGE }) ?? ON_A_PAGE;
}

/** How many lines of a log are on a page. */
export function logLimitOf(limit: string | undefined): number {
  return wholeNumber('limit', limit, { least: 1, most: MOST_LINES }) ?? LINES;
}

/** Whether the first page of a log has the newest lines. */
export function beginsAtTail(from: string | undefined): boolean {
  if (from === undefined || from === 'head' || from === 'tail') return from === 'tail';
  throw new Problem(400, "'from' is not head or tail");
}

export function statusOf(status: string | undefined): RunStatus | undefined {
  if (status === undefined || isStatus(status)) return status;
  throw new Problem(400, `'status' is no status of a run; use ${RUN_STATUSES.join(', ')}`);
}

function isStatus(text: string): text is RunStatus {
  return (RUN_STATUSES as readonly string[]).includes(text);
}

function wholeNumber(name: string, text: string | undefined, { least, most }: { least: number; most: number }): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Problem(400, `'${name}' is not a whole number from ${least} to ${most}`);
}

/** Throws a problem for a body of another type. A body without a type is taken for JSON. */
export function requireJson(contentType: string | undefined): void {
  if (contentType === undefined || /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType)) return;
  throw new Problem(415, 'the body is not JSON; send an object of parameters with the header Content-Type: application/json');
}
