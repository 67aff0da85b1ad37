import type { Progress, QueuePosition } from '../api/types';

const OVER = ['SUCCEEDED', 'FAILED', 'CANCELLED'];
const WAITING = ['SUBMITTED', 'PENDING', 'RUNNABLE'];

export function isOver(status: string): boolean {
  return OVER.includes(status);
}

export function isWaiting(status: string): boolean {
  return WAITING.includes(status);
}

/** The first characters of an id tell the time of the run, and all runs of a day begin alike; the next ones are random. */
export function shortId(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 14)}…`;
}

/** `67 %`, or `201 of 300`, or nothing that is measured. */
export function progressText({ percentage, done, total }: Progress): string | undefined {
  if (percentage !== undefined) return `${Math.floor(percentage)} %`;
  if (done === undefined) return undefined;
  return total === undefined ? grouped(done) : `${grouped(done)} of ${grouped(total)}`;
}

/** Between 0 and 1. Undefined where the end is not known. */
export function progressShare({ percentage, done, total }: Progress): number | undefined {
  const share = percentage !== undefined ? percentage / 100 : done !== undefined && total ? done / total : undefined;
  return share === undefined || !Number.isFinite(share) ? undefined : Math.min(1, Math.max(0, share));
}

export function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** With a full stop where it has no end. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Where a run waits, as a sentence. */
export function queueText({ position, positionAtLeast = 101 }: QueuePosition): string {
  if (position === undefined) return `At least ${count(positionAtLeast - 1, 'job')} of its queue are before it.`;
  return position === 1 ? 'It is the next job of its queue.' : `${count(position - 1, 'job')} of its queue ${position === 2 ? 'is' : 'are'} before it.`;
}

/** `1 run`, `2 runs`. */
export function count(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;
}
