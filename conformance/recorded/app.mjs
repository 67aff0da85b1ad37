// A small app in the emulator, with the queues, functions and state machines of one recorded test. Its API is called as from outside: over HTTP.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { load, loadBroken } from '../common/modules.mjs';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const JOB_QUEUE = `arn:aws:batch:${REGION}:${ACCOUNT}:job-queue/jobs`;
const COMPUTE_ENVIRONMENT = `arn:aws:batch:${REGION}:${ACCOUNT}:compute-environment/compute`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/role`;
const ALL_ACTIONS = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const TARGETS = { sqs: 'AmazonSQS', sfn: 'AWSStepFunctions' };
const SIGNING_NAMES = { sqs: 'sqs', sfn: 'states' };

const MODULES = ['emulator/emulator.ts', 'emulator/clock.ts', 'emulator/faults.ts'];

/** The emulator, or one in which something is broken on purpose: `{file, from, to}`. */
export const loadEmulator = (change) => (change ? loadBroken(change, ...MODULES) : load(...MODULES));

/**
 * Starts an app, and stops it after `use`. A queue has `{name, visibilityTimeoutSeconds, deadLetterQueue, maxReceiveCount}`, a function
 * `{name, code, queue, batchSize, window, reportBatchItemFailures}`, a state machine `{name, definition}`, a rule `{name, pattern, queue}`.
 */
export async function withApp({ Emulator, VirtualClock, NO_FAULTS }, spec, use) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'recorded-'));
  const invocations = [];
  const events = [];
  const clock = new VirtualClock();
  const emulator = new Emulator(deploymentOf(spec, directory), clock);
  try {
    await emulator.start({
      // A container fails when its image is `fails`.
      containers: { start: async ({ image }) => ({ exited: clock.sleep(60_000).then(() => ({ exitCode: image === 'fails' ? 1 : 0 })), stop: () => undefined }) },
      faults: NO_FAULTS,
      onInvocation: (record) => invocations.push(record),
      onEvent: (event) => events.push(event),
    });
    return await use({
      emulator,
      invocations,
      events,
      queueArn,
      queueUrl,
      functionArn,
      stateMachineArn,
      /** Submits a job to the queue of the app. */
      submit: (name, more) => emulator.batch.handle({ action: 'SubmitJob', input: { jobName: name, jobQueue: JOB_QUEUE, jobDefinition: jobDefinitionArn(name), ...more } }),
      call: (service, action, input) => call(emulator, service, action, input),
      /** Lets time pass until nothing happens any more. */
      settle: () => emulator.settle(() => false),
      /** Receives messages as a client does that asks for all attributes. */
      receive: (name) => emulator.sqs.receive(queueArn(name), 10).map(receivedMessage),
    });
  } finally {
    await emulator.stop();
    fs.rmSync(directory, { recursive: true });
  }
}

const queueArn = (name) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
const queueUrl = (name) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
const jobDefinitionArn = (name) => `arn:aws:batch:${REGION}:${ACCOUNT}:job-definition/${name}:1`;
const functionArn = (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const stateMachineArn = (name) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

function deploymentOf({ queues = [], functions = [], stateMachines = [], rules = [], jobDefinitions = [] }, directory) {
  const place = (name) => ({ path: `App/${name}`, stack: 'App', logicalId: name, name });
  for (const { name, code } of functions) {
    fs.mkdirSync(path.join(directory, name));
    fs.writeFileSync(path.join(directory, name, 'index.js'), code);
  }
  return {
    account: ACCOUNT,
    region: REGION,
    roles: [{ ...place('role'), arn: ROLE, assumedBy: { Statement: [] }, policies: [ALL_ACTIONS], managedPolicyArns: [] }],
    queues: queues.map(({ name, visibilityTimeoutSeconds = 30, deadLetterQueue, maxReceiveCount }) => ({
      ...place(name),
      arn: queueArn(name),
      url: queueUrl(name),
      visibilityTimeoutSeconds,
      retentionSeconds: 345_600,
      maxReceiveCount,
      policies: [{ Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn(name) }] }],
      ...(deadLetterQueue ? { deadLetterQueueArn: queueArn(deadLetterQueue) } : {}),
    })),
    functions: functions.map(({ name, timeoutSeconds = 5 }) => ({
      ...place(name),
      arn: functionArn(name),
      roleArn: ROLE,
      codeDirectory: path.join(directory, name),
      handler: 'index.handler',
      environment: {},
      timeoutSeconds,
      memoryMebibytes: 128,
      permissions: [],
    })),
    eventSources: functions.filter(({ queue }) => queue).map(({ name, queue, batchSize = 10, window = 0, reportBatchItemFailures = false, ...more }) => ({
      ...place(`${name}Source`),
      arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${name}`,
      functionArn: functionArn(name),
      queueArn: queueArn(queue),
      batchSize,
      maximumBatchingWindowSeconds: window,
      reportBatchItemFailures,
      maximumConcurrency: more.maximumConcurrency,
    })),
    stateMachines: stateMachines.map(({ name, definition }) => ({ ...place(name), arn: stateMachineArn(name), roleArn: ROLE, definition, tracing: false })),
    rules: rules.map(({ name, pattern, queue }) => ({
      ...place(name), arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`, pattern, targets: [{ arn: queueArn(queue) }],
    })),
    jobDefinitions: jobDefinitions.map(({ name, properties }) => ({ ...place(name), arn: jobDefinitionArn(name), revision: 1, properties })),
    jobQueues: jobDefinitions.length > 0 ? [{ ...place('jobs'), arn: JOB_QUEUE, priority: 1, computeEnvironmentArns: [COMPUTE_ENVIRONMENT], timeLimitActions: [] }] : [],
    computeEnvironments: jobDefinitions.length > 0 ? [{ ...place('compute'), arn: COMPUTE_ENVIRONMENT, type: 'EC2', minvCpus: 0, maxvCpus: 16, properties: {} }] : [],
    logGroups: [],
    buckets: [],
    tables: [],
    httpApis: [],
  };
}

/** Calls the API. Returns the answer in the form in which the recordings have it, which is botocore's. */
async function call({ endpoint, keys }, service, action, input) {
  const signer = new SignatureV4({ credentials: keys.user, region: REGION, service: SIGNING_NAMES[service], sha256: Sha256 });
  const { method, headers, body: sent } = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    path: '/',
    headers: { 'host': new URL(endpoint).host, 'x-amz-target': `${TARGETS[service]}.${action}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(input),
  });
  const response = await fetch(endpoint, { method, headers, body: sent });
  const body = await response.json();
  const ResponseMetadata = { HTTPStatusCode: response.status };
  if (response.ok) return { ...body, ResponseMetadata };
  const [code, type] = response.headers.get('x-amzn-query-error')?.split(';') ?? [];
  const name = body.__type.split('#').at(-1);
  return service === 'sqs'
    ? { Error: { Code: code, Message: body.message, QueryErrorCode: name, Type: type }, ResponseMetadata }
    : { Error: { Code: name, Message: body.message }, message: body.message, ResponseMetadata };
}

const md5Of = (body) => createHash('md5').update(body).digest('hex');

function receivedMessage({ messageId, receiptHandle, body, receiveCount, sentAt, firstReceivedAt, deadLetterQueueSourceArn }) {
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    MD5OfBody: md5Of(body),
    Attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: sentAt,
      ApproximateFirstReceiveTimestamp: firstReceivedAt,
      ...(deadLetterQueueSourceArn ? { DeadLetterQueueSourceArn: deadLetterQueueSourceArn } : {}),
    },
  };
}
