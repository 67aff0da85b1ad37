/** Reads each thing once in some milliseconds, also for many who ask at once. A failure is not kept. */
export function kept<T>(read: (key: string) => Promise<T>, milliseconds = 60_000): (key: string) => Promise<T> {
  const known = new Map<string, { readonly answer: Promise<T>; readonly until: number }>();
  return async (key) => {
    const found = known.get(key);
    if (found && found.until > Date.now()) return found.answer;
    const answer = read(key);
    known.set(key, { answer, until: Date.now() + milliseconds });
    answer.catch(() => known.delete(key));
    return answer;
  };
}
