// Validates calls with AWS's models of the services: validate.py.
import fs from 'node:fs';
import path from 'node:path';
import { at } from '../../tasks/project.mjs';
import { CACHE } from '../common/cache.mjs';
import { python } from '../common/venv.mjs';

/**
 * `{ checked, failures }` of the calls `{ service, action, input, output | error, injected, prefix }`: numbers by kind, and each failure with what is
 * wrong, in which type and place, and an example.
 */
export async function validate(calls) {
  const file = path.join(CACHE, `calls-${process.pid}.jsonl`);
  try {
    fs.writeFileSync(file, calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
    const { stdout } = await python('validating the calls', [at('conformance', 'service-models', 'validate.py'), file]);
    const { checked, failures } = JSON.parse(stdout);
    return { checked, failures: Object.entries(failures).map(([failure, example]) => ({ failure, example, ...partsOf(failure) })) };
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/** `batch DescribeJobs output: .jobs[]: missing required field ...` */
function partsOf(failure) {
  const [, type, place, what] = /^(.*?): (.*?): (.*)$/.exec(failure) ?? [];
  return { type, place, what };
}
