/** An amount of virtual time. What is given is added up. */
export interface HeavyBatchDuration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

const MILLISECONDS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 };

export function millisecondsOf(duration: HeavyBatchDuration): number {
  return Math.round(Object.entries(duration).reduce((sum, [unit, amount = 0]) => {
    if (!Object.hasOwn(MILLISECONDS, unit)) throw new Error(`a duration has '${unit}'; use ${Object.keys(MILLISECONDS).join(', ')}`);
    return sum + amount * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  }, 0));
}
