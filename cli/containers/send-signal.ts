/** Sends a signal to a process, or to a process group (a negative id). A process that has ended already gets none. */
export function sendSignal(pid: number, signal: number | NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}
