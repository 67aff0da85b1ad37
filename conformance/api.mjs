// Schemathesis sends requests to the API that ships, as its OpenAPI document says and as it does not. The API runs in the emulator, behind the HTTP server of `heavy-batch serve`.
import fs from 'node:fs';
import path from 'node:path';
import { BREAKS } from './api/breaks.mjs';
import { clients } from './api/clients.mjs';
import { crowd } from './api/crowd.mjs';
import { serveApi } from './api/server.mjs';
import { cached, CACHE, hashOf } from './common/cache.mjs';
import { Findings, SAMPLED, SEED, SELF_TEST } from './common/findings.mjs';
import { load } from './common/modules.mjs';
import { python } from './common/venv.mjs';
import { at } from '../tasks/project.mjs';
import { synthesize } from '../tasks/step.mjs';

/** Requests for each operation, in each phase. */
const EXAMPLES = SELF_TEST ? 10 : SAMPLED ? 50 : 300;

/** How fast time passes: runs end soon; and 500 requests, which one machine answers, are in time. */
const [FAST, SLOW] = [20, 0.1];

const findings = new Findings('api');
const directory = await cached('api', hashOf(at('lib'), at('assets'), at('src'), at('conformance', 'api', 'app.ts')), (temporary) => (
  synthesize('an API', at('conformance', 'api', 'app.ts'), path.join(temporary, 'app'))
));
const modules = await load('emulator/emulator.ts', 'emulator/clock.ts', 'emulator/faults.ts', 'emulator/services/api-gateway/http-gateway.ts', 'emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts', 'src/contract/api-runs.ts');
const deployment = modules.readDeployment(modules.readAssembly(path.join(directory, 'app')));

const { DOCUMENT_FILE } = modules;
const apiFunction = deployment.functions.find(({ codeDirectory }) => fs.existsSync(path.join(codeDirectory, DOCUMENT_FILE)));

if (SELF_TEST) {
  for (const { title, pattern, from, to } of BREAKS) {
    findings.broken(title, pattern);
    const broken = withBroken(from, to);
    await withApi(broken.deployment, FAST, (api) => schemathesis(`${title}: `, api));
    fs.rmSync(broken.directory, { recursive: true });
  }
} else {
  await withApi(deployment, FAST, (api) => schemathesis('', api));
  await withApi(deployment, FAST, (api) => clients(findings, api, path.join(apiFunction.codeDirectory, DOCUMENT_FILE)));
  await withApi(deployment, SLOW, (api) => crowd(findings, api));
}
findings.end();

async function withApi(served, scale, use) {
  const api = await serveApi(modules, served, scale);
  try {
    await use(api);
  } finally {
    await api.stop();
  }
}

/** Each failure is a finding, and each other request that it made is a check. */
async function schemathesis(name, { url, failures }) {
  const options = ['--max-examples', EXAMPLES, '--seed', SEED, '--no-color'];
  const { status, output } = await python(`Schemathesis: ${EXAMPLES} requests for each operation`, [
    '-m', 'schemathesis.cli', '--config-file', at('conformance', 'api', 'schemathesis.toml'), 'run', `${url}/openapi.json`, ...options.map(String),
  ], { check: false, cwd: CACHE });
  const found = output.split(/^_+ (.*) _+$/m).slice(1);
  for (let index = 0; index < found.length; index += 2) findings.failed(`${name}${found[index]}\n${found[index + 1].split(/^=+/m)[0].trim()}`);
  const [, generated = '0'] = /(\d+) generated/.exec(output) ?? [];
  findings.passed(Math.max(0, Number(generated) - found.length / 2));
  const isExplained = status === 0 || found.length > 0;
  if (!isExplained || generated === '0') findings.failed(`${name}Schemathesis ended with ${status}: ${output.slice(-2_000)}`);
  for (const failure of new Set(failures)) findings.failed(`${name}inside of the API: ${failure}`);
}

/** The deployment with a change in the bundle of the API's function. */
function withBroken(from, to) {
  const broken = fs.mkdtempSync(path.join(CACHE, 'broken-api-'));
  fs.cpSync(apiFunction.codeDirectory, broken, { recursive: true });
  const bundle = path.join(broken, 'index.js');
  const source = fs.readFileSync(bundle, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`the bundle does not have this text once: ${from}`);
  fs.writeFileSync(bundle, source.replace(from, () => to));
  const functions = deployment.functions.map((deployed) => deployed === apiFunction ? { ...deployed, codeDirectory: broken } : deployed);
  return { directory: broken, deployment: { ...deployment, functions } };
}
