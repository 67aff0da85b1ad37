/**
 * Does work that has to end within some milliseconds, and ends it otherwise. The client has no time limit for a body that stops to arrive.
 *
 * @param work gets a signal that says when its time is over
 * @param late the error when it is
 */
export async function withinTime<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>, late: () => Error): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      reject(late());
    }, milliseconds);
  });
  return Promise.race([work(abort.signal), timeout]).finally(() => clearTimeout(timer));
}
