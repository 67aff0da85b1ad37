/** The signals that end a run, and whether its containers may end in peace. */
const SIGNALS = { SIGINT: true, SIGTERM: true, SIGHUP: false, SIGQUIT: false } as const;

export type EndingSignal = keyof typeof SIGNALS;

/** What is done when a signal asks for the end of a run. */
export interface EndingActions {
  /** The first SIGINT or SIGTERM: the run is stopped, and its containers have time. */
  readonly stop: (signal: EndingSignal) => void;
  /** A second one, a closed terminal or SIGQUIT: the process ends at once. */
  readonly abort: (signal: EndingSignal) => never;
  /** The process ends, whatever the reason is. Only what is done before the return is done at all. */
  readonly exit: () => void;
}

/** Listens to the ends of this process. Returns a function that listens no more. */
export function onEnding({ stop, abort, exit }: EndingActions): () => void {
  let signals = 0;
  const listeners = Object.entries(SIGNALS).map(([signal, isPeaceful]) => {
    const listener = () => isPeaceful && ++signals === 1 ? stop(signal as EndingSignal) : abort(signal as EndingSignal);
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  process.on('exit', exit);
  return () => {
    listeners.forEach(([signal, listener]) => process.off(signal, listener));
    process.off('exit', exit);
  };
}
