// AWS's own models of the services, as botocore has them, check every request of the bundled functions and every response of the emulator,
// in runs with all kinds of faults: service-models/validate.py.
import { Explanations } from './common/explanations.mjs';
import { Findings, SEED, SELF_TEST } from './common/findings.mjs';
import { BREAKS } from './service-models/breaks.mjs';
import { play } from './service-models/runs.mjs';
import { validate } from './service-models/validate.mjs';

const RUNS = SELF_TEST ? 60 : 120;

/** The calls that the runs must contain. */
const EXPECTED = [
  'batch SubmitJob', 'batch ListJobs', 'batch DescribeJobs', 'batch TerminateJob', 'batch GetJobQueueSnapshot', 'sqs SendMessage', 'sqs SendMessageBatch',
  'sfn SendTaskSuccess', 'sfn SendTaskFailure', 'sfn SendTaskHeartbeat', 'sfn DescribeExecution',
  'sfn ListStateMachines', 'sfn ListExecutions', 'sfn GetExecutionHistory',
  'cloudwatch_logs GetLogEvents', 'cloudwatch_logs FilterLogEvents',
];

const explanations = new Explanations([{
  what: 'missing required field {"required_name": "startedAt"}',
  type: 'batch DescribeJobs output',
  // A job that is RUNNING or SUCCEEDED has started. One that FAILED may have been terminated before.
  place: /\.jobs\[\] \((SUBMITTED|PENDING|RUNNABLE|STARTING|FAILED)\)/,
  reason: 'the field is required in the model, but a job that has not started does not have it: https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html',
}]);

/** What the emulator keeps of the headers of S3 as they are: the model has other names for them. */
const OWN_FIELDS = ['Headers', 'Checksums', 'Context', 'ResponseHeaders'];

const findings = new Findings('service-models');
const calls = [];
await play(RUNS, ({ service, call: { action, input }, fault, answer, error }) => {
  const outcome = error ? { error: error.code } : { output: copyOf(answer ?? {}) };
  calls.push({ service, action, input: copyOf(input), injected: Boolean(fault), ...outcome });
});

const { checked, failures } = await validate(SELF_TEST ? [...calls, ...brokenCopies()] : calls);
findings.passed(Object.values(checked).reduce((sum, count) => sum + count, 0));
console.log(`${RUNS} runs (SEED=${SEED}): ${Object.entries(checked).map(([kind, count]) => `${count} ${kind}s`).join(', ')}`);
for (const { failure, example, ...found } of failures) {
  if (!explanations.covers(found)) findings.failed(`${failure} (SEED=${SEED})\n  for example ${example}`);
}
// A part of the runs does not have all of them.
if (!SELF_TEST) explanations.report(findings);
const seen = new Set(calls.map(({ service, action }) => `${service} ${action}`));
for (const call of EXPECTED) findings.check(seen.has(call), `no run sent ${call} (SEED=${SEED})`);
findings.end();

/** A copy of a request or a response, with the body of an object as its text. */
function copyOf({ Body, ...fields }) {
  const ofModel = Object.fromEntries(Object.entries(fields).filter(([name]) => !OWN_FIELDS.includes(name)));
  return { ...structuredClone(ofModel), ...Body === undefined ? {} : { Body: Body.toString() } };
}

/** A copy of a call for each break. */
function brokenCopies() {
  return BREAKS.map(({ title, call: name, pattern, isBreakable = () => true, change }) => {
    findings.broken(title, pattern);
    const call = structuredClone(calls.find((candidate) => `${candidate.service} ${candidate.action}` === name && isBreakable(candidate)));
    change(call);
    return { ...call, prefix: `${title}, ` };
  });
}
