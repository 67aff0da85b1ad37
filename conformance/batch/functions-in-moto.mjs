// The bundled functions, deployed with their app to moto. They run in this process and call moto through a proxy that records the calls.
import { createRequire } from 'node:module';
import { BatchClient, DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { at } from '../../tasks/project.mjs';
import { load } from '../common/modules.mjs';
import { Deployer } from '../moto/deployer.mjs';
import { recorderFor } from '../moto/recorder.mjs';
import { CREDENTIALS, REGION, startMoto } from '../moto/server.mjs';
import { motoTemplate } from '../moto/template.mjs';

const require = createRequire(import.meta.url);
const TOKEN = 'token';
const { CONTEXT_PARAMETER, FUNCTION_VARIABLES, jobSpecOf, recordKey } = await load(
  'src/contract/job-spec.ts', 'src/contract/environment.ts', 'src/contract/object-store.ts', 'src/contract/parameters.ts',
);

/** The bundles of the functions, as they are deployed. */
export const BUNDLES = Object.fromEntries(['submit', 'check'].map((name) => [name, at('assets', 'functions', name, `${name}.lambda`, 'index.js')]));

/** Deploys the stack to an empty moto, in which jobs `wait`, `succeed` or `fail`, starts a run, and calls `work`. Returns the recorded calls. */
export async function withFunctions({ stack, jobs, log, bundles = BUNDLES }, work) {
  const moto = await startMoto({ env: jobs === 'fail' ? { MOTO_SIMPLE_BATCH_FAIL_AFTER: '0' } : {} });
  const recorder = await recorderFor(moto.endpoint);
  try {
    // moto would run these jobs in containers, but they never start: https://docs.getmoto.org/en/latest/docs/configuration/state_transition/index.html
    if (jobs === 'wait') await moto.jobsWait();
    const deployer = new Deployer(moto);
    await deployer.bootstrap();
    const template = motoTemplate(stack, moto.types);
    await work(await functionsIn({ moto, recorder, template, ids: await deployer.deploy(stack, template), log, bundles }));
  } finally {
    await recorder.stop();
    await moto.stop();
  }
  return recorder.calls;
}

async function functionsIn({ moto, recorder, template, ids, log, bundles }) {
  const [batch, lambda, sfn, sqs] = [BatchClient, LambdaClient, SFNClient, SQSClient].map((Client) => new Client(moto.client));
  const s3 = new S3Client({ ...moto.client, forcePathStyle: true });
  const idsOf = (type) => [...ids].filter(([id]) => template.Resources[id]?.Type === type);
  const environments = {};
  for (const [logicalId, FunctionName] of idsOf('AWS::Lambda::Function')) {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    environments[/Submit/.test(logicalId) ? 'submit' : 'check'] = Environment.Variables;
  }
  const [[, stateMachineArn]] = idsOf('AWS::StepFunctions::StateMachine');
  const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const spec = jobSpecOf(JSON.parse(definition));
  const job = { ...spec, allowedOverrides: { ...spec.allowedOverrides, command: true, environment: ['A'] } };
  const { executionArn: run } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run', input: '{}' }));

  let runs = 0;

  return {
    jobQueues: environments.submit[FUNCTION_VARIABLES.JOB_QUEUES].split(','),
    run,
    /** Invokes the submit function for the run, and for another one whenever it has been invoked before without being a retry. Returns the id of the job. */
    async submit(input, { retryCount = 0 } = {}) {
      const Id = retryCount === 0 && runs++ > 0 ? `${run}-${runs}` : run;
      const { body } = await invoke('submit', { job, execution: { Id, Input: input, RedriveCount: 0 }, retryCount, token: TOKEN });
      return body.jobId;
    },
    /** Invokes the check function with a message. Returns the messages that it wants again. */
    async check(message) {
      const attributes = { SenderId: `${environments.check[FUNCTION_VARIABLES.SENDERS].split(',')[0]}:session` };
      const { batchItemFailures } = await invoke('check', { Records: [{ messageId: 'message', body: typeof message === 'string' ? message : JSON.stringify(message), attributes }] });
      return batchItemFailures;
    },
    async describeJob(jobId) {
      const { jobs: [described] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
      return described;
    },
    /** Submits a copy of a job, as anyone may who has the permission. */
    async copyOf({ jobName, jobQueue, jobDefinition, parameters }) {
      return (await batch.send(new SubmitJobCommand({ jobName, jobQueue, jobDefinition, parameters }))).jobId;
    },
    /** Submits the job of a round once more, as a try of the submit function whose answer was lost. */
    async duplicateOf({ parameters, ...original }) {
      const object = { Bucket: environments.submit[FUNCTION_VARIABLES.PAYLOAD_BUCKET], Key: recordKey(original.jobName) };
      const record = JSON.parse(await (await s3.send(new GetObjectCommand(object))).Body.transformToString());
      await s3.send(new PutObjectCommand({ ...object, Body: JSON.stringify({ ...record, submissionIds: [...record.submissionIds, 'other'] }) }));
      const context = { ...JSON.parse(parameters[CONTEXT_PARAMETER]), submissionId: 'other' };
      return this.copyOf({ ...original, parameters: { ...parameters, [CONTEXT_PARAMETER]: JSON.stringify(context) } });
    },
    /** How many messages the watch queue has. */
    async messages() {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: environments.check[FUNCTION_VARIABLES.WATCH_QUEUE_URL], AttributeNames: ['All'] }));
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesDelayed);
    },
    stopRun: () => sfn.send(new StopExecutionCommand({ executionArn: run })),
    last: (action) => recorder.calls.findLast((call) => call.action === action),
  };

  /** Loads the bundle again for each call, with the environment of the function: a bundle reads its environment once. */
  async function invoke(name, event) {
    const bundle = bundles[name];
    const environment = {
      ...environments[name],
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      ...Object.fromEntries(['BATCH', 'SFN', 'SQS', 'S3'].map((service) => [`AWS_ENDPOINT_URL_${service}`, recorder.endpoint])),
    };
    Object.assign(process.env, environment);
    delete require.cache[bundle];
    const original = console.log;
    console.log = (...words) => log(words.join(' '));
    try {
      return await require(bundle).handler(event);
    } finally {
      console.log = original;
      for (const key of Object.keys(environment)) delete process.env[key];
    }
  }
}
