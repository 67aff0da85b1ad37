/** The signals that end a run, and whether its containers may end in peace. */
const SIGNALS = { SIGINT: true, SIGTERM: true, SIGHUP: false, SIGQUIT: false } as const;

export type EndingSignal = keyof typeof SIGNALS;

/**
 * Milliseconds. npm and npx pass Ctrl-C on to the programs that they started, to which the terminal has sent it already: both are one.
 * https://github.com/npm/run-script/blob/main/lib/signal-manager.js
 */
const SAME_SIGNAL = 500;

/** What is done when a signal asks for the end of a run. */
export interface EndingActions {
  /** The first SIGINT or SIGTERM: the run is stopped, and its containers have time. */
  readonly stop: (signal: EndingSignal) => void;
  /** A second one, a closed terminal or SIGQUIT: the process ends at once. */
  readonly abort: (signal: EndingSignal) => never;
  /** The process ends, for any reason. It does not wait for what is not done when this returns. */
  readonly exit: () => void;
}

/** Listens to the ends of this process. Returns a function that listens no more. */
export function onEnding({ stop, abort, exit }: EndingActions): () => void {
  let stoppedAt: number | undefined;
  const listeners = Object.entries(SIGNALS).map(([signal, isPeaceful]) => {
    const listener = () => {
      if (!isPeaceful || (stoppedAt !== undefined && performance.now() - stoppedAt > SAME_SIGNAL)) return abort(signal as EndingSignal);
      if (stoppedAt !== undefined) return undefined;
      stoppedAt = performance.now();
      return stop(signal as EndingSignal);
    };
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  process.on('exit', exit);
  return () => {
    listeners.forEach(([signal, listener]) => process.off(signal, listener));
    process.off('exit', exit);
  };
}
