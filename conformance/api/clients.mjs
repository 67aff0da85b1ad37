// Clients that generators make of the OpenAPI document use the API: in TypeScript, whose compiler checks them, and in Python.
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { at } from '../../tasks/project.mjs';
import { step } from '../../tasks/step.mjs';
import { cached, hashOf } from '../common/cache.mjs';
import { python } from '../common/venv.mjs';

const PACKAGES = ['openapi-typescript@7.13.0', 'openapi-fetch@0.17.0'];
const EXPECTED = { isSame: true, status: 'SUCCEEDED', listed: true, lines: 0, problem: '/code', cancelled: 202 };
const CLIENTS = at('conformance', 'api', 'clients');

/** @param document the file of the OpenAPI document */
export async function clients(findings, { url }, document) {
  const directory = await cached('api-clients', hashOf(CLIENTS, document, at('conformance', 'requirements.txt')), async (temporary) => {
    fs.cpSync(CLIENTS, temporary, { recursive: true });
    await step('installing openapi-typescript', 'npm', ['install', '--prefix', temporary, '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES]);
    // A parameter with a default may be left out of a request.
    await step('generating a client in TypeScript', path.join(temporary, 'node_modules', '.bin', 'openapi-typescript'), [document, '--default-non-nullable=false', '-o', path.join(temporary, 'schema.d.ts')]);
    await step('compiling it', process.execPath, [
      at('node_modules', 'typescript', 'bin', 'tsc'), '--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', '--types', 'node', '--typeRoots', at('node_modules', '@types'),
      path.join(temporary, 'client.mts'),
    ]);
    await python('generating a client in Python', [
      '-m', 'openapi_python_client', 'generate', '--path', document, '--meta', 'none', '--output-path', path.join(temporary, 'generated'), '--overwrite',
    ]);
  });
  const programs = {
    TypeScript: () => step('the client in TypeScript', process.execPath, [path.join(directory, 'client.mjs'), url], { check: false }),
    Python: () => python('the client in Python', [path.join(directory, 'client.py'), url], { check: false }),
  };
  for (const [language, run] of Object.entries(programs)) {
    const { stdout, output } = await run();
    findings.check(isDeepStrictEqual(resultOf(stdout), EXPECTED), `the client in ${language}: ${output}`);
  }
}

function resultOf(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}
