// moto's Batch, SQS and Step Functions receive the calls of the bundled functions: AWS's models of the services accept the calls, and they have
// the intended effect.
import fs from 'node:fs';
import { BREAKS } from './batch/breaks.mjs';
import { BUNDLES, withFunctions } from './batch/functions-in-moto.mjs';
import { assemblies } from './common/assemblies.mjs';
import { Explanations } from './common/explanations.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { bundleBroken } from './common/modules.mjs';
import { validate } from './service-models/validate.mjs';

const APP = 'snapshot/with-the-article-s-own-numbers';

/** The calls that the functions must send. */
const EXPECTED = [
  'batch ListJobs', 'batch SubmitJob', 'batch DescribeJobs', 'batch TerminateJob',
  'sfn SendTaskHeartbeat', 'sfn SendTaskSuccess', 'sfn SendTaskFailure', 'sfn DescribeExecution',
  'sqs SendMessage', 'sqs SendMessageBatch', 's3 PutObject', 's3 GetObject',
];

/** Responses of moto that AWS's models do not accept. */
const explanations = new Explanations([{
  what: 'missing required field {"required_name": "startedAt"}',
  type: 'batch DescribeJobs output',
  place: /\.jobs\[\] \(SUBMITTED\)/,
  reason: 'the field is required in the model, but a job that has not started does not have it: https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html',
}]);

const findings = new Findings('batch');
const sent = new Set();
const logged = [];
const calls = [];
let broken;
const { stacks: [stack] } = (await assemblies()).find(({ name }) => name === APP);

const PLAYS = { wait: waitingJobs, succeed: succeedingJobs, fail: failingJobs };

for (const jobs of SELF_TEST ? ['succeed'] : Object.keys(PLAYS)) await play(jobs);
if (SELF_TEST) for (const aBreak of BREAKS) await playBroken(aBreak);
else for (const call of EXPECTED) findings.check(sent.has(call), `no function sent ${call}`);
for (const line of logged.filter((text) => text.includes('"failed"'))) findings.failed(`a function failed: ${line}`);
await validateCalls();
if (!SELF_TEST) explanations.report(findings);
findings.end();

async function waitingJobs(functions) {
  const jobId = await functions.submit({ body: { processId: '7' } });
  const job = await functions.describeJob(jobId);
  check('the job is submitted', job, ({ jobName, parameters, container, jobQueue }) => [
    /^[a-z0-9-]{1,128}$/.test(jobName), parameters.processId === '7', jobQueue === functions.jobQueues[0],
    container.environment.some(({ name, value }) => name === 'HEAVY_BATCH_RUN_ID' && value === functions.run.split(':')[7]),
  ]);
  check('its first check is scheduled', await functions.messages(), (count) => [count === 1]);
  const firstCheck = functions.last('SendMessage').input.MessageBody;

  check('a retry adopts the job', await functions.submit({ body: { processId: '7' } }, { retryCount: 1 }), (adopted) => [adopted === jobId]);
  const copy = await functions.copyOf(job);
  const duplicate = await functions.duplicateOf(job);
  check('a retry adopts the older one of two jobs', await functions.submit({ body: { processId: '7' } }, { retryCount: 1 }), (adopted) => [adopted === jobId]);
  check('the duplicate job is terminated', await functions.describeJob(duplicate), ({ statusReason }) => [statusReason.startsWith('heavy-batch: '), statusReason.includes(jobId)]);
  check('the copy of another person goes on', await functions.describeJob(copy), ({ statusReason }) => [statusReason === undefined]);
  check('the older job is not terminated', await functions.describeJob(jobId), ({ statusReason }) => [statusReason === undefined]);

  const before = await functions.messages();
  check('the check of a job that waits succeeds', await functions.check(firstCheck), (failures) => [failures.length === 0]);
  check('the next check is scheduled', await functions.messages(), (count) => [count === before + 1]);

  await functions.stopRun();
  const runEnded = { 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change', 'detail': { executionArn: functions.run } };
  check('the event of a run that ended is handled', await functions.check(runEnded), (failures) => [failures.length === 0]);
  check('the job of the run is terminated', await functions.describeJob(jobId), ({ statusReason }) => [/^heavy-batch: /.test(statusReason)]);
}

async function succeedingJobs(functions) {
  const jobId = await functions.submit({ containerOverrides: { vcpus: 2, memory: 2000, environment: { A: 'b' }, command: ['node', 'other.js'] } });
  check('the job has the overrides', await functions.describeJob(jobId), ({ container }) => [
    container.command.join(' ') === 'node other.js', container.environment.some(({ name, value }) => name === 'A' && value === 'b'),
  ]);
  check('the event of the job is handled', await functions.check(jobEvent(jobId)), (failures) => [failures.length === 0]);
  check('the run succeeds with the outcome of the job', functions.last('SendTaskSuccess'), ({ input }) => [
    input.taskToken === 'token', JSON.parse(input.output).jobId === jobId, JSON.parse(input.output).status === 'SUCCEEDED',
  ]);
  const array = await functions.submit({ arraySize: 3 });
  check('the array job has its children', await functions.describeJob(array), ({ arrayProperties }) => [arrayProperties.size === 3]);
  await functions.check(jobEvent(array));
  check('the run of the array job succeeds', functions.last('SendTaskSuccess'), ({ input }) => [JSON.parse(input.output).jobId === array]);
}

async function failingJobs(functions) {
  const jobId = await functions.submit({});
  await functions.check(jobEvent(jobId));
  check('the run fails with the outcome of the job', functions.last('SendTaskFailure'), ({ input }) => [
    input.taskToken === 'token', JSON.parse(input.cause).jobId === jobId, JSON.parse(input.cause).status === 'FAILED',
  ]);
  const array = await functions.submit({ arraySize: 3 });
  check('the event of an array job is handled', await functions.check(jobEvent(array)), (failures) => [failures.length === 0]);
  check('the failed children are listed', functions.last('ListJobs'), ({ input, output }) => [
    input.arrayJobId === array, input.jobStatus === 'FAILED', output.jobSummaryList.length === 3,
  ]);
}

function jobEvent(jobId) {
  return { 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId } };
}

/** One check of a value: all conditions must hold. */
function check(name, value, conditions) {
  let problem;
  try {
    problem = conditions(value).every(Boolean) ? undefined : 'does not hold';
  } catch (error) {
    problem = error.message;
  }
  findings.check(!problem, named(`${name}: ${problem}: ${JSON.stringify(value)}`));
}

async function play(jobs, bundles) {
  try {
    const log = (line) => { if (!broken) logged.push(line); };
    for (const call of await withFunctions({ stack, jobs, log, bundles }, PLAYS[jobs])) {
      const { service, action, status, output } = call;
      calls.push({ ...call, prefix: named('') });
      sent.add(`${service} ${action}`);
      // A container that left no result has none to read.
      const isMissingResult = action === 'GetObject' && status === 404;
      findings.check(status < 300 || isMissingResult, named(`jobs that ${jobs}: the response to ${service} ${action} is ${status}: ${JSON.stringify(output)}`));
    }
  } catch (error) {
    findings.failed(named(`jobs that ${jobs}: ${error.stack}`));
  }
}

/** Plays with a function that is broken in its source. */
async function playBroken({ title, jobs, bundle, pattern, ...change }) {
  findings.broken(title, pattern);
  broken = title;
  const file = await bundleBroken(change, `src/functions/${bundle}/${bundle}.lambda.ts`);
  try {
    await play(jobs, { ...BUNDLES, [bundle]: file });
  } finally {
    broken = undefined;
    fs.rmSync(file, { force: true });
  }
}

function named(message) {
  return broken ? `${broken}, ${message}` : message;
}

/** AWS's models accept each request of the functions, and each response of moto. */
async function validateCalls() {
  const ofJson = calls.filter(({ service }) => service !== 's3'); // S3 has neither
  const { checked, failures } = await validate(ofJson.map(({ status, input, output, ...call }) => (
    { ...call, input: input || {}, ...status < 300 ? { output: output || {} } : { error: 'refused', injected: true } }
  )));
  findings.passed(Object.values(checked).reduce((sum, count) => sum + count, 0));
  for (const { failure, example, type, place, what } of failures) {
    if (!explanations.covers({ type: type?.slice(type.lastIndexOf(', ') + 1).trim(), place, what })) findings.failed(`${failure}\n  for example ${example}`);
  }
}
