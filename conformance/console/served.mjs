// An app with web pages, served by the command line that ships.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { at } from '../../tasks/project.mjs';
import { synthesize } from '../../tasks/step.mjs';
import { cached, hashOf } from '../common/cache.mjs';
import { WITHOUT_ACCOUNT } from '../common/without-account.mjs';

/** The directory of the synthesized app. */
export async function consoleApp() {
  const directory = await cached('console', hashOf(at('lib'), at('assets'), at('src'), at('conformance', 'console', 'app.ts'), at('conformance', 'console', 'image')), (temporary) => (
    synthesize('an app with web pages', at('conformance', 'console', 'app.ts'), path.join(temporary, 'app'))
  ));
  return path.join(directory, 'app');
}

/** Three ports that are free: of two APIs, one after the other, and of the services. */
export async function freePorts() {
  for (;;) {
    const [port, awsPort] = [await freePort(), await freePort()];
    if (awsPort !== port + 1 && port < 65_000) return { port, awsPort };
  }
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Serves an app until `stop()`: its APIs by path, with their URLs, and the keys of its user in `environment`. Runs are in a directory, if one is given. */
export async function serve(app, { port, awsPort }, state) {
  const args = [at('bin', 'heavy-batch.js'), 'serve', '--json', '--app', app, '--port', String(port), '--aws-port', String(awsPort), ...state ? ['--state', state] : ['--no-state']];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...WITHOUT_ACCOUNT } });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { errors = (errors + text).slice(-20_000); });
  const ready = await new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.type === 'ready') resolve(message);
    });
    child.once('close', () => reject(new Error(`heavy-batch serve ended: ${errors}`)));
  });
  return {
    apis: Object.fromEntries(ready.apis.map((api) => [api.path, api.url])),
    environment: ready.environment,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGINT');
      await closed;
    },
  };
}

/** Starts a run without the page. */
export async function startRun(url, job, body) {
  const response = await fetch(`${url}/jobs/${job}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()).id;
}

/** Waits until a run has a status, and returns it. */
export async function untilStatus(url, id, ...statuses) {
  for (let tries = 0; tries < 200; tries++) {
    const run = await (await fetch(`${url}/runs/${id}`)).json();
    if (statuses.includes(run.status)) return run;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`the run ${id} did not become ${statuses.join(' or ')}`);
}
