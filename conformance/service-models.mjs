// Every request of the bundled functions and every answer of the local runner's cloud, in runs where all sorts of things go wrong, against AWS's own models of the services: service-models.py.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CACHE, ROOT } from './cache.mjs';
import { Findings } from './findings.mjs';
import { play } from './runs.mjs';
import { prepareVenv } from './venv.mjs';

const RUNS = 120;

/** What must have been seen for the judge to have judged anything. */
const EXPECTED = [
  'batch SubmitJob', 'batch ListJobs', 'batch DescribeJobs', 'batch TerminateJob', 'sqs SendMessage', 'sqs SendMessageBatch',
  'sfn SendTaskSuccess', 'sfn SendTaskFailure', 'sfn SendTaskHeartbeat', 'sfn DescribeExecution',
];

const EXPLAINED = {
  'batch DescribeJobs output: .jobs[]: missing required field {"required_name": "startedAt"}':
    'a job that has not started has none, whatever the model says: https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html',
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

const child = spawn(await prepareVenv(), [path.join(ROOT, 'conformance', 'service-models.py')], { stdio: [fs.openSync(file), 'pipe', 'inherit'] });
let said = '';
for await (const text of child.stdout) said += text;
const { checked, failures } = JSON.parse(said);
findings.passed(Object.values(checked).reduce((sum, count) => sum + count, 0));
console.log(`${RUNS} runs: ${Object.entries(checked).map(([what, count]) => `${count} ${what}s`).join(', ')}`);
for (const [failure, example] of Object.entries(failures)) if (!(failure in EXPLAINED)) findings.failed(`${failure}\n  for example ${example}`);
findings.explained(EXPLAINED, new Set(Object.keys(failures)));
for (const call of EXPECTED) findings.check(seen.has(call), `no run sent ${call}`);
findings.end();
