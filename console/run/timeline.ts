import type { TimelineEntry } from '../api/types';

export interface Step extends TimelineEntry {
  /** Until the next step, or until now. Undefined for the end of the run. */
  readonly seconds?: number;
}

export interface TimelineGroup {
  readonly title: string;
  readonly steps: readonly Step[];
}

/**
 * The timeline by redrive, round and attempt. What comes before the first attempt of a round, such as waiting, belongs to that attempt: it is what the
 * attempt waited for.
 */
export function grouped(timeline: readonly TimelineEntry[], now: number, isOver: boolean): TimelineGroup[] {
  const steps = timeline.map((entry, index): Step => {
    const next = timeline[index + 1];
    if (!next && isOver) return entry;
    return { ...entry, seconds: next ? secondsBetween(entry.at, Date.parse(next.at)) : Math.floor(secondsBetween(entry.at, now)) };
  });
  const groups: { redrives: number; round?: number; attempt?: number; steps: Step[] }[] = [];
  for (const step of steps) {
    const { redrives = 0, round, attempt } = step;
    const last = groups.at(-1);
    const isSame = last?.redrives === redrives && fits(last.round, round) && fits(last.attempt, attempt);
    if (!last || !isSame) {
      groups.push({ redrives, round, attempt, steps: [step] });
    } else {
      last.steps.push(step);
      last.round ??= round;
      last.attempt ??= attempt;
    }
  }
  return groups.map(({ redrives, round, attempt, steps: own }) => ({ title: titleOf(redrives, round, attempt), steps: own }));
}

function secondsBetween(at: string, until: number): number {
  return Math.max(0, (until - Date.parse(at)) / 1000);
}

/** What is not known fits to everything. */
function fits(before: number | undefined, now: number | undefined): boolean {
  return before === undefined || now === undefined || before === now;
}

function titleOf(redrives: number, round: number | undefined, attempt: number | undefined): string {
  const parts = [redrives > 0 ? `redrive ${redrives}` : '', `round ${round ?? 1}`, `attempt ${attempt ?? 1}`].filter(Boolean).join(', ');
  return parts[0].toUpperCase() + parts.slice(1);
}

/** Seconds for which containers have run. */
export function runningSeconds(timeline: readonly TimelineEntry[], now: number): number {
  return timeline.reduce((sum, { status, at }, index) => {
    if (status !== 'RUNNING') return sum;
    const next = timeline[index + 1];
    return sum + secondsBetween(at, next ? Date.parse(next.at) : now);
  }, 0);
}
