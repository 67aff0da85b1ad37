// An emulated API behind HTTP, as API Gateway would serve it. Its jobs take a second.
import http from 'node:http';

const EXIT = { exitCode: 0 };

/**
 * Serves the API of a deployment until `stop()`.
 *
 * @param modules what `load` gives of the emulator
 * @param scale how much faster time passes than on this machine
 */
export async function serveApi({ Emulator, ScaledClock, NO_FAULTS }, deployment, scale) {
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
  const [{ path: api }] = deployment.httpApis;
  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { status, headers, body: answered } = await emulator.httpApis.request(api, {
      method: request.method, path: request.url, headers: request.headers, body: body.length > 0 ? body : undefined,
    });
    response.writeHead(status, headers).end(answered);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    emulator,
    /** What failed inside. A function that fails is an answer with 500 as well. */
    failures,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await emulator.stop();
      clock.stop();
    },
  };
}
