import { runningSeconds } from './timeline';
import type { Run } from '../api/types';
import { count } from '../format/text';

/** USD an hour, On-Demand, Linux on x86, in us-east-1, November 2026. A yardstick: what the compute of a job costs, its account knows. */
export const PRICE = { vcpuHour: 0.04048, gbHour: 0.004445, source: 'https://aws.amazon.com/fargate/pricing/' } as const;

export interface Cost {
  /** For which containers of the run have run. */
  readonly hours: number;
  readonly usd: number;
}

/** What the containers of a run have used. Undefined where nothing has run, or where their size or their times are not known. */
export function costOf({ resources, timeline = [], timelineTruncated, startedAt, endedAt }: Run, now: number): Cost | undefined {
  if (!resources || timelineTruncated) return undefined;
  const until = endedAt === undefined ? now : Date.parse(endedAt);
  const since = startedAt === undefined ? 0 : Math.max(0, (until - Date.parse(startedAt)) / 1000);
  const seconds = runningSeconds(timeline, now) || since;
  if (seconds === 0) return undefined;
  const hours = seconds / 3600;
  return { hours, usd: hours * (resources.vcpus * PRICE.vcpuHour + resources.memoryMiB / 1024 * PRICE.gbHour) };
}

/** `less than 0.01 USD`, `about 0.42 USD` */
export function usdText(usd: number): string {
  return usd < 0.01 ? 'less than 0.01 USD' : `about ${usd.toFixed(2)} USD`;
}

/** `1.2 container hours`, `40 container seconds` */
export function hoursText(hours: number): string {
  if (hours >= 1) return `${hours.toFixed(1)} container hours`;
  return hours >= 1 / 60 ? count(Math.round(hours * 60), 'container minute') : count(Math.ceil(hours * 3600), 'container second');
}
