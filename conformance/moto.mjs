// moto, a cloud of somebody else's making, as a server on this machine. https://docs.getmoto.org/en/latest/docs/server_mode.html
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './cache.mjs';
import { prepareVenv } from './venv.mjs';

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** Starts a server, with more environment variables where it needs them; `stop` ends it, and so does the end of this process. */
export async function startMoto({ env = {} } = {}) {
  const child = spawn(await prepareVenv(), [path.join(ROOT, 'conformance', 'moto-server.py')], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { said = (said + text).slice(-100_000); });
  const port = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('error', reject).once('close', (status) => reject(new Error(`moto ended with ${status}: ${said}`)));
  });
  const endpoint = `http://127.0.0.1:${port}`;
  // Neither jobs nor functions are run in containers: https://docs.getmoto.org/en/latest/docs/configuration/index.html
  await post(`${endpoint}/moto-api/config`, { batch: { use_docker: false }, lambda: { use_docker: false } });
  return {
    endpoint,
    /** For the constructors of the SDK's clients. */
    client: { endpoint, region: REGION, credentials: { accessKeyId: 'judge', secretAccessKey: 'judge' }, forcePathStyle: true, useQueueUrlAsEndpoint: false, maxAttempts: 1 },
    /** Forgets all that was made. */
    reset: () => post(`${endpoint}/moto-api/reset`),
    /** Has Batch's jobs wait for ever, instead of ending at once. */
    async jobsWait() {
      await post(`${endpoint}/moto-api/config`, { batch: { use_docker: true } });
      await post(`${endpoint}/moto-api/state-manager/set-transition`, { model_name: 'batch::job', transition: { progression: 'manual', times: 1_000_000 } });
    },
    /** What the server wrote to its standard error. */
    said: () => said,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners('close').once('close', resolve);
      child.stdin.end();
    }),
  };
}

async function post(url, body = {}) {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
