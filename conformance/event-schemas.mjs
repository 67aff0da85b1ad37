// The events of the emulator have the fields and the types of the schemas that AWS publishes for its events. The CDK carries them:
// https://github.com/cdklabs/awscdk-service-spec, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema.html
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { cached } from './common/cache.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { loadEmulator, withApp } from './recorded/app.mjs';
import { step } from '../tasks/step.mjs';

const PACKAGE = '@aws-cdk/aws-service-spec@0.1.216';
const EVENTS = { 'aws.batch': 'Batch Job State Change', 'aws.states': 'Step Functions Execution Status Change' };

const NEWER = 'the schema is older than the field, which the documentation has';
const DOCUMENTED_NULL = 'null while the execution runs, as in the documented event';
const OLDER = 'the fields of the first version; the documented event has resourceRequirements instead';

/**
 * What the schemas and the documented events have differently, by field.
 * https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const DIFFERENCES = {
  'aws.batch.jobArn is not in the schema': NEWER,
  'aws.batch.timeout is not in the schema': NEWER,
  'aws.batch.arrayProperties is not in the schema': NEWER,
  'aws.batch.tags is not in the schema': NEWER,
  'aws.batch.platformCapabilities is not in the schema': NEWER,
  'aws.batch.isCancelled is not in the schema': NEWER,
  'aws.batch.isTerminated is not in the schema': NEWER,
  'aws.batch.container.secrets is not in the schema': NEWER,
  'aws.batch.retryStrategy.evaluateOnExit is not in the schema': NEWER,
  'aws.batch.container.memory is missing': OLDER,
  'aws.batch.container.vcpus is missing': OLDER,
  'aws.batch.attempts[].container.containerInstanceArn is missing': 'the emulator has no container instances, and no function reads which one it was',
  'aws.states.inputDetails is not in the schema': NEWER,
  'aws.states.outputDetails is not in the schema': NEWER,
  'aws.states.error is not in the schema': NEWER,
  'aws.states.cause is not in the schema': NEWER,
  'aws.states.redriveCount is not in the schema': NEWER,
  'aws.states.output is null, not a string': DOCUMENTED_NULL,
  'aws.states.stopDate is null, not a number': DOCUMENTED_NULL,
};

/** In a self-test: breaks of the emulator. */
const BREAKS = {
  'the number of retries is a text': { pattern: /^: aws\.batch\.retryStrategy\.attempts is a string/, file: 'emulator/services/batch/job-detail.ts', from: 'attempts: plan.attempts,', to: 'attempts: String(plan.attempts),' },
  'an event of an execution does not say its name': { pattern: /^: aws\.states\.name is missing/, file: 'emulator/states/execution-descriptions.ts', from: '      name: execution.name,\n      status', to: '      status' },
};

const APP = {
  jobDefinitions: Object.entries({ succeeds: 1, fails: 2 }).map(([name, attempts]) => ({
    name,
    properties: {
      Type: 'container',
      ContainerProperties: { Image: name, Command: ['true'], ResourceRequirements: [{ Type: 'VCPU', Value: '1' }, { Type: 'MEMORY', Value: '512' }] },
      RetryStrategy: { Attempts: attempts },
      Timeout: { AttemptDurationSeconds: 600 },
    },
  })),
  stateMachines: [
    { name: 'passes', definition: { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } } },
    { name: 'fails', definition: { StartAt: 'A', States: { A: { Type: 'Fail', Error: 'No', Cause: 'why' } } } },
  ],
};

const findings = new Findings('event-schemas');
const directory = await cached('event-schemas', PACKAGE.replace(/[^\w.-]/g, '-'), (temporary) => (
  step(`installing ${PACKAGE}`, 'npm', ['install', '--prefix', temporary, '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE])));
const database = JSON.parse(zlib.gunzipSync(fs.readFileSync(path.join(directory, 'node_modules', '@aws-cdk', 'aws-service-spec', 'db.json.gz'))));
const types = new Map(entities('eventTypeDefinition').map((type) => [type.$id, type]));

const used = new Set();
await check('', await loadEmulator());
for (const [title, { pattern, ...change }] of Object.entries(SELF_TEST ? BREAKS : {})) {
  findings.broken(title, pattern);
  await check(`${title}: `, await loadEmulator(change));
}
findings.explained(Object.entries(DIFFERENCES).map(([name, reason]) => ({ name, reason, isUsed: used.has(name) })));
findings.end();

/** The entities of a kind, whatever the form in which the database has them. */
function entities(kind) {
  const found = [];
  const visit = (value) => {
    if (typeof value !== 'object' || value === null) return;
    if (value.$id !== undefined) found.push(value);
    else Object.values(value).forEach(visit);
  };
  visit(database.schema[kind]);
  return found;
}

async function check(title, emulator) {
  const events = await withApp(emulator, APP, async ({ submit, settle, events: put, emulator: { stepFunctions }, stateMachineArn }) => {
    await submit('succeeds', { arrayProperties: { size: 2 } });
    await submit('fails');
    for (const { name } of APP.stateMachines) stepFunctions.start(stateMachineArn(name), {});
    await settle();
    return put;
  });
  for (const [source, detailType] of Object.entries(EVENTS)) {
    const ofType = events.filter((event) => event.source === source && event['detail-type'] === detailType);
    findings.check(ofType.length > 2, `${title}there are ${ofType.length} events of ${source}`);
    const schema = entities('event').find((event) => event.source === source && event.detailType === detailType);
    const problems = new Set(ofType.flatMap((event) => problemsOf(JSON.parse(JSON.stringify(event.detail)), { type: 'ref', reference: schema.rootProperty }, source)));
    findings.passed(ofType.length);
    for (const problem of problems) {
      if (DIFFERENCES[problem]) used.add(problem);
      else findings.failed(`${title}${problem}`);
    }
  }
}

/** How a value differs from its type, in one line for each field. */
function problemsOf(value, type, at) {
  if (type.type === 'array') return Array.isArray(value) ? value.flatMap((item) => problemsOf(item, type.element, `${at}[]`)) : [`${at} is not a list`];
  if (type.type === 'ref') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is not an object`];
    const { properties } = types.get(type.reference.$ref);
    return [
      ...Object.keys(value).filter((name) => !properties[name]).map((name) => `${at}.${name} is not in the schema`),
      ...Object.entries(properties).flatMap(([name, property]) => {
        if (value[name] === undefined) return property.required ? [`${at}.${name} is missing`] : [];
        return problemsOf(value[name], property.type, `${at}.${name}`);
      }),
    ];
  }
  const kinds = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' };
  return kinds[type.type] && typeof value !== kinds[type.type] ? [`${at} is ${value === null ? 'null' : `a ${typeof value}`}, not a ${kinds[type.type]}`] : [];
}
