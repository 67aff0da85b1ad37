/** Milliseconds until the next try after so many failures in a row. Those who failed together do not come back together. */
export function backoff(failures: number, retryAfterSeconds = 0, random = Math.random()): number {
  const delay = Math.min(15_000, 1_000 * 2 ** Math.min(failures, 6)) * (0.75 + random / 2);
  return Math.round(Math.max(delay, retryAfterSeconds * 1_000));
}

/** Milliseconds. */
const OVER_EVERY = 60_000;

/** Milliseconds until a run is asked for again. Once it is over, only a redrive from elsewhere changes it. */
export function runDelay(retryAfterSeconds: number | undefined, isOver = false): number {
  return isOver ? OVER_EVERY : Math.min(15, Math.max(2, retryAfterSeconds ?? 5)) * 1_000;
}
