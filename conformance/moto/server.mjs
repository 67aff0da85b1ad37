// moto, which implements AWS's APIs, as a server on this machine. https://docs.getmoto.org/en/latest/docs/server_mode.html
import { at } from '../../tasks/project.mjs';
import { LineProcess } from '../common/line-process.mjs';
import { prepareVenv } from '../common/venv.mjs';

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'conformance', secretAccessKey: 'conformance' };

/** Starts a server, with these environment variables. It ends with `stop()`, or with this process. */
export async function startMoto({ env = {} } = {}) {
  const server = new LineProcess(await prepareVenv(), [at('conformance', 'moto', 'server.py')], { env: { ...process.env, ...env } });
  const { port, types } = await server.next();
  const endpoint = `http://127.0.0.1:${port}`;
  // Neither jobs nor functions run in containers: https://docs.getmoto.org/en/latest/docs/configuration/index.html
  await post(`${endpoint}/moto-api/config`, { batch: { use_docker: false }, lambda: { use_docker: false } });
  return {
    endpoint,
    /** The resource types that moto's CloudFormation knows: which of them it can `update` and `delete`. */
    types,
    /** For the constructors of the SDK's clients. */
    client: { endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true, useQueueUrlAsEndpoint: false, maxAttempts: 1 },
    /** Removes all resources. */
    reset: () => post(`${endpoint}/moto-api/reset`),
    /** Counts the resources that exist, by type. */
    inventory: () => server.ask('inventory'),
    /** Makes Batch jobs wait forever instead of ending at once. */
    async jobsWait() {
      await post(`${endpoint}/moto-api/config`, { batch: { use_docker: true } });
      await post(`${endpoint}/moto-api/state-manager/set-transition`, { model_name: 'batch::job', transition: { progression: 'manual', times: 1_000_000 } });
    },
    /** What the server wrote to standard error. */
    errors: () => server.errors,
    stop: () => server.stop(),
  };
}

async function post(url, body = {}) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  if (!response.ok) throw new Error(`${url}: ${response.status}: ${await response.text()}`);
}
