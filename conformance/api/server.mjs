// An emulated API behind HTTP, as `heavy-batch serve` serves it. Its jobs take a second.

const EXIT = { exitCode: 0 };

/**
 * Serves the API of a deployment until `stop()`.
 *
 * @param modules what `load` gives of the emulator
 * @param scale how much faster time passes than on this machine
 */
export async function serveApi({ Emulator, HttpGateway, ScaledClock, NO_FAULTS }, deployment, scale) {
  const clock = new ScaledClock(scale);
  const emulator = new Emulator(deployment, clock);
  const failures = [];
  await emulator.start({
    faults: NO_FAULTS,
    containers: {
      start: async () => {
        let end;
        const exited = new Promise((resolve) => { end = resolve; });
        clock.after(1_000, () => end(EXIT));
        return { exited, stop: () => end(EXIT) };
      },
    },
    // The functions of a run fail on purpose, to be invoked again.
    onInvocation: ({ error, functionPath }) => { if (error && functionPath.startsWith('App/Api/')) failures.push(`${error.name}: ${error.message}`); },
    onUnexpectedError: (error) => failures.push(String(error?.stack ?? error)),
  });
  const [{ path: apiPath }] = deployment.httpApis;
  const authorizers = emulator.authorizers({});
  const gateway = new HttpGateway({
    httpApis: emulator.httpApis,
    apiPath,
    authorize: (...request) => authorizers.authorize(...request),
    allowsOrigin: () => false,
    onUnexpectedError: (error) => failures.push(String(error?.stack ?? error)),
  });
  return {
    url: await gateway.start(),
    emulator,
    /** What failed inside. A function that fails is an answer with 500 as well. */
    failures,
    async stop() {
      await gateway.stop();
      await emulator.stop();
      clock.stop();
    },
  };
}
