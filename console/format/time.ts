import type { Run } from '../api/types';

/** A duration in words as short as a table needs: `7.4 s`, `3 min 5 s`, `2 h 4 min`, `3 d 2 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 10 && !Number.isInteger(seconds)) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return pair(Math.floor(whole / 3600), 'h', Math.floor(whole % 3600 / 60), 'min');
  return pair(Math.floor(whole / 86_400), 'd', Math.floor(whole % 86_400 / 3600), 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How long ago a time is: `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export function ago(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `2026-11-27 10:02:18 UTC` */
export function utc(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? at : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `usually 5 to 9 min, from 20 runs`: half of the runs took no longer than the first number, nine of ten no longer than the second. */
export function estimateText({ runs, medianSeconds, p90Seconds }: NonNullable<Run['estimate']>): string {
  const [size, unit] = medianSeconds >= 2 * 3600 ? [3600, 'h'] : medianSeconds >= 100 ? [60, 'min'] : [1, 's'];
  const [low, high] = [medianSeconds, p90Seconds].map((seconds) => Math.max(1, Math.round(seconds / size)));
  return `usually ${low === high ? `about ${low}` : `${low} to ${high}`} ${unit}, from ${runs} runs`;
}

/** The beginning of this day, where the user is. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
