// Seeds that are others every day. They are printed: a failure can be played again.

/** The date as a number, such as 20260131. */
export function dateSeed(now = new Date()) {
  return Number(now.toISOString().slice(0, 10).replaceAll('-', ''));
}
