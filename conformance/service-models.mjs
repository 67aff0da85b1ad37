// AWS's own models of the services, as botocore has them, check every request of the bundled functions and every response of the emulator,
// in runs with all kinds of faults: service-models/validate.py.
import fs from 'node:fs';
import path from 'node:path';
import { CACHE } from './common/cache.mjs';
import { Findings, SEED } from './common/findings.mjs';
import { python } from './common/venv.mjs';
import { play } from './service-models/runs.mjs';
import { at } from '../tasks/project.mjs';

const RUNS = 120;

/** The calls that the runs must contain. */
const EXPECTED = [
  'batch SubmitJob', 'batch ListJobs', 'batch DescribeJobs', 'batch TerminateJob', 'sqs SendMessage', 'sqs SendMessageBatch',
  'sfn SendTaskSuccess', 'sfn SendTaskFailure', 'sfn SendTaskHeartbeat', 'sfn DescribeExecution',
];

const EXPLAINED = {
  'batch DescribeJobs output: .jobs[]: missing required field {"required_name": "startedAt"}':
    'the field is required in the model, but a job that has not started does not have it: https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html',
};

const findings = new Findings('service-models');
const file = path.join(CACHE, 'calls.jsonl');
const records = fs.createWriteStream(file);
const seen = new Set();
await play(RUNS, ({ service, call: { action, input }, fault, answer, error }) => {
  seen.add(`${service} ${action}`);
  records.write(`${JSON.stringify({ service, action, input, injected: Boolean(fault), ...error ? { error: error.code } : { output: answer ?? {} } })}\n`);
});
await new Promise((resolve) => records.end(resolve));

const { stdout } = await python('validating the calls', [at('conformance', 'service-models', 'validate.py'), file]);
const { checked, failures } = JSON.parse(stdout);
findings.passed(Object.values(checked).reduce((sum, count) => sum + count, 0));
console.log(`${RUNS} runs (SEED=${SEED}): ${Object.entries(checked).map(([kind, count]) => `${count} ${kind}s`).join(', ')}`);
for (const [failure, example] of Object.entries(failures)) if (!(failure in EXPLAINED)) findings.failed(`${failure} (SEED=${SEED})\n  for example ${example}`);
findings.explained(EXPLAINED, new Set(Object.keys(failures)));
for (const call of EXPECTED) findings.check(seen.has(call), `no run sent ${call} (SEED=${SEED})`);
findings.end();
