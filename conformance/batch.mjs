// moto's Batch, and with it SQS and Step Functions, answers the calls of the bundled functions: what they send is taken, and does what it is meant to.
import { createRequire } from 'node:module';
import path from 'node:path';
import { BatchClient, DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { assemblies } from './assemblies.mjs';
import { ROOT } from './cache.mjs';
import { Deployer } from './deploy.mjs';
import { Findings } from './findings.mjs';
import { motoTemplate, motoTypes } from './moto-template.mjs';
import { REGION, startMoto } from './moto.mjs';
import { recorderFor } from './recorder.mjs';

const APP = 'snapshot/with-the-article-s-own-numbers';

/** What the functions are expected to send, all in all. */
const EXPECTED = [
  'batch ListJobs', 'batch SubmitJob', 'batch DescribeJobs', 'batch TerminateJob',
  'sfn SendTaskHeartbeat', 'sfn SendTaskSuccess', 'sfn SendTaskFailure', 'sfn DescribeExecution',
  'sqs SendMessage', 'sqs SendMessageBatch',
];

const findings = new Findings('batch');
const sent = new Set();
const logged = [];
const app = (await assemblies()).find(({ name }) => name === APP);
const types = await motoTypes();
const require = createRequire(import.meta.url);

await inWorld('jobs that wait', { jobs: 'wait' }, async (world) => {
  const jobId = await world.submit({ body: { processId: '7' } });
  const job = await world.job(jobId);
  check('a job is submitted', job, ({ jobName, parameters, container, jobQueue }) => [
    /^[a-z0-9-]{1,128}$/.test(jobName), parameters.processId === '7', jobQueue === world.spec.queue,
    container.environment.some(({ name, value }) => name === 'HEAVY_BATCH_RUN_ID' && value === world.run.split(':')[7]),
  ]);
  check('and watched', await world.messages(), (count) => [count === 1]);

  check('what an earlier try submitted is adopted', await world.submit({ body: { processId: '7' } }, { retryCount: 1 }), (adopted) => [adopted === jobId]);
  const twin = await world.twinOf(job);
  check('with a twin, the older one is adopted', await world.submit({ body: { processId: '7' } }, { retryCount: 1 }), (adopted) => [adopted === jobId]);
  check('and the twin is terminated', await world.job(twin), ({ statusReason }) => [statusReason === `heavy-batch: twin of ${jobId}`]);
  check('but not the older one', await world.job(jobId), ({ statusReason }) => [statusReason === undefined]);

  const before = await world.messages();
  check('a look at a job that waits is handed back by nobody', await world.watch({ look: { jobId, token: 'token', since: Date.now() } }), (failures) => [failures.length === 0]);
  check('and is repeated', await world.messages(), (count) => [count === before + 1]);

  await world.stopRun();
  check('the end of a run is told', await world.watch({ 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change', 'detail': { executionArn: world.run } }), (failures) => [failures.length === 0]);
  check('and ends its job', await world.job(jobId), ({ statusReason }) => [/^heavy-batch: /.test(statusReason)]);
});

await inWorld('jobs that succeed', { jobs: 'succeed' }, async (world) => {
  const jobId = await world.submit({ containerOverrides: { vcpus: 2, memory: 2000, environment: { A: 'b' }, command: ['node', 'other.js'] } });
  check('overrides are taken', await world.job(jobId), ({ container }) => [container.command.join(' ') === 'node other.js', container.environment.some(({ name, value }) => name === 'A' && value === 'b')]);
  check('success is told', await world.watch({ 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId } }), (failures) => [failures.length === 0]);
  check('with what came of the run', world.last('SendTaskSuccess'), ({ input }) => [input.taskToken === 'token', JSON.parse(input.output).jobId === jobId, JSON.parse(input.output).status === 'SUCCEEDED']);
  const array = await world.submit({ arraySize: 3 });
  check('an array job is described', await world.job(array), ({ arrayProperties }) => [arrayProperties.size === 3]);
  await world.watch({ 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId: array } });
  check('and told with its children', world.last('SendTaskSuccess'), ({ input }) => [JSON.parse(input.output).jobId === array]);
});

await inWorld('jobs that fail', { jobs: 'fail' }, async (world) => {
  const jobId = await world.submit({});
  await world.watch({ 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId } });
  check('failure is told', world.last('SendTaskFailure'), ({ input }) => [input.taskToken === 'token', JSON.parse(input.cause).jobId === jobId, JSON.parse(input.cause).status === 'FAILED']);
  const array = await world.submit({ arraySize: 3 });
  check('an array job whose children failed is told by its children', await world.watch({ 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId: array } }), (failures) => [failures.length === 0]);
  check('which are listed by their status', world.last('ListJobs'), ({ input, output }) => [input.arrayJobId === array, input.jobStatus === 'FAILED', output.jobSummaryList.length === 3]);
});

for (const call of EXPECTED) findings.check(sent.has(call), `no function sent ${call}`);
for (const line of logged.filter((one) => /"failed"/.test(one))) findings.failed(`a function failed: ${line}`);
findings.end();

function check(what, value, conditions) {
  let said;
  try {
    said = conditions(value).every(Boolean) ? undefined : `is not so: ${JSON.stringify(value)}`;
  } catch (error) {
    said = `${error.message}: ${JSON.stringify(value)}`;
  }
  findings.check(!said, `${what}: ${said}`);
}

/** A fresh cloud with the app in it, and the functions pointed at it. */
async function inWorld(what, { jobs }, work) {
  const moto = await startMoto({ env: jobs === 'fail' ? { MOTO_SIMPLE_BATCH_FAIL_AFTER: '0' } : {} });
  const recorder = await recorderFor(moto.endpoint);
  try {
    // moto's other Batch wants containers for its jobs, but they never come so far: https://docs.getmoto.org/en/latest/docs/configuration/state_transition/index.html
    if (jobs === 'wait') await moto.jobsWait();
    const deployer = new Deployer(moto);
    await deployer.bootstrap();
    const [stack] = app.stacks;
    await work(await worldOf(moto, recorder, await deployer.deploy(stack, { template: motoTemplate(stack, types) })));
  } catch (error) {
    findings.failed(`${what}: ${error.stack}`);
  } finally {
    for (const { service, action, status, output } of recorder.calls) {
      sent.add(`${service} ${action}`);
      // A container that left no result has none to be read.
      const missing = action === 'GetObject' && status === 404;
      findings.check(status < 300 || missing, `${what}: ${service} ${action} was answered with ${status}: ${JSON.stringify(output)}`);
    }
    await recorder.stop();
    await moto.stop();
  }
}

async function worldOf(moto, recorder, made) {
  const [batch, lambda, sfn, sqs] = [BatchClient, LambdaClient, SFNClient, SQSClient].map((Client) => new Client(moto.client));
  const ofType = (type) => [...made].filter(([, resource]) => resource.type === type);
  const functions = {};
  for (const [id, resource] of ofType('AWS::Lambda::Function')) {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: resource.id }));
    functions[/Submit/.test(id) ? 'submit' : 'watch'] = Environment.Variables;
  }
  const [[, { id: stateMachineArn }]] = ofType('AWS::StepFunctions::StateMachine');
  const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const spec = Object.values(JSON.parse(definition).States).map((state) => state.Parameters?.Payload?.job).find(Boolean);
  const { executionArn: run } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run', input: '{}' }));

  return {
    spec,
    run,
    async submit(input, { retryCount = 0 } = {}) {
      const { body } = await invoke('submit', { job: spec, execution: { Id: run, Input: input, RedriveCount: 0 }, retryCount, token: 'token' });
      return body.jobId;
    },
    async watch(message) {
      const { batchItemFailures } = await invoke('watch', { Records: [{ messageId: 'message', body: JSON.stringify(message) }] });
      return batchItemFailures;
    },
    async job(jobId) {
      const { jobs: [job] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
      return job;
    },
    async twinOf({ jobName, jobQueue, jobDefinition, parameters }) {
      return (await batch.send(new SubmitJobCommand({ jobName, jobQueue, jobDefinition, parameters }))).jobId;
    },
    async messages() {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: functions.watch.WATCH_QUEUE_URL, AttributeNames: ['All'] }));
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesDelayed);
    },
    stopRun: () => sfn.send(new StopExecutionCommand({ executionArn: run })),
    last: (action) => recorder.calls.findLast((call) => call.action === action),
  };

  /** The bundle, loaded anew with the function's own environment: what it reads, it reads once. */
  async function invoke(name, event) {
    const bundle = path.join(ROOT, 'assets', 'lambda', `${name}.lambda`, 'index.js');
    const environment = {
      ...functions[name],
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'judge',
      AWS_SECRET_ACCESS_KEY: 'judge',
      ...Object.fromEntries(['BATCH', 'SFN', 'SQS', 'S3'].map((service) => [`AWS_ENDPOINT_URL_${service}`, recorder.endpoint])),
    };
    Object.assign(process.env, environment);
    delete require.cache[bundle];
    const { log } = console;
    console.log = (...words) => logged.push(words.join(' '));
    try {
      return await require(bundle).handler(event);
    } finally {
      console.log = log;
      for (const key of Object.keys(environment)) delete process.env[key];
    }
  }
}
