import * as fs from 'fs';
import * as path from 'path';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import * as fc from 'fast-check';
import { jobsOf } from '../../../cli/jobs';
import { Assembly, readAssembly, TemplateResource } from '../../../emulator/assembly/assembly';
import type { Deployment } from '../../../emulator/assembly/deployment';
import { reachedFrom } from '../../../emulator/assembly/reached-resources';
import { readDeployment } from '../../../emulator/assembly/read-deployment';
import { HeavyBatchJob } from '../../../src';
import { imageOf, synthesize } from '../apps';

/** What a property may be in a template, whatever type it has after the deployment. */
const ODD_VALUES: unknown[] = [
  { Ref: 'NoDefault' }, { Ref: 'AWS::NoValue' }, { 'Fn::ImportValue': 'of-another-app' }, { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, { 'Fn::GetAtt': ['OddQueue', 'Arn'] },
  { 'Fn::If': ['OddCondition', 'a', 'b'] }, { 'Fn::Transform': { Name: 'AWS::Include' } }, { 'Fn::Sub': '${NoDefault}' }, { 'Fn::FindInMap': ['None', 'a', 'b'] },
  { 'Fn::Select': [7, { 'Fn::Split': [',', 'a'] }] }, {}, [], '', 'text', '7', 7, true,
];

/** Where an app keeps the resources of a type. */
const COLLECTIONS: Record<string, keyof Deployment> = {
  'AWS::IAM::Role': 'roles',
  'AWS::Lambda::Function': 'functions',
  'AWS::Lambda::EventSourceMapping': 'eventSources',
  'AWS::SQS::Queue': 'queues',
  'AWS::Events::Rule': 'rules',
  'AWS::StepFunctions::StateMachine': 'stateMachines',
  'AWS::Batch::JobDefinition': 'jobDefinitions',
  'AWS::Batch::JobQueue': 'jobQueues',
  'AWS::Batch::ComputeEnvironment': 'computeEnvironments',
  'AWS::Logs::LogGroup': 'logGroups',
  'AWS::S3::Bucket': 'buckets',
  'AWS::DynamoDB::Table': 'tables',
  'AWS::ApiGatewayV2::Api': 'httpApis',
};

const app = readAssembly(synthesize((stack) => {
  new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}) });
  const id = { name: 'id', type: AttributeType.STRING };
  new Table(stack, 'Table', { partitionKey: id }).addGlobalSecondaryIndex({ indexName: 'index', partitionKey: id });
  new HttpApi(stack, 'Api', { defaultIntegration: new HttpUrlIntegration('Elsewhere', 'https://example.com') });
}));
const [stack] = app.stacks;
const resources = Object.entries(stack.template.Resources);
/** The types that the emulator reads, with those of the policies. */
const read = resources.filter(([, { Type }]) => Type in COLLECTIONS || /Policy$|^AWS::ApiGatewayV2::/.test(Type));

/** The paths of all properties within a value. */
function propertyPaths(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return [...at.length > 0 ? [at] : [], ...Object.entries(value).flatMap(([name, item]) => propertyPaths(item, [...at, name]))];
}

function changed(resource: TemplateResource, at: string[], value: unknown): TemplateResource {
  const copy = structuredClone(resource) as any;
  const owner = at.slice(0, -1).reduce((object, name) => object[name], copy.Properties);
  if (value === undefined) delete owner[at.at(-1)!];
  else owner[at.at(-1)!] = value;
  return copy;
}

/** The app with another stack, which has a copy of a resource of the job. */
function withForeign(foreign: TemplateResource): Assembly {
  const template = { Parameters: { NoDefault: { Type: 'String' } }, Resources: { ...stack.template.Resources, Foreign: foreign, OddQueue: { Type: 'AWS::SQS::Queue' } } };
  return { ...app, stacks: [{ ...stack, id: 'Other', stackName: 'Other', paths: {}, template }, stack] };
}

/** A resource, one of its properties, and what the property is instead. Undefined: it is left out. */
const anyChange = fc.constantFrom(...read).chain(([logicalId, resource]) => fc.record({
  logicalId: fc.constant(logicalId),
  resource: fc.constant(resource),
  at: fc.constantFrom(...propertyPaths(resource.Properties ?? {})),
  value: fc.constantFrom(undefined, ...ODD_VALUES),
}));

test('whatever a resource of another stack has in its properties, a run of a job is not affected', () => {
  fc.assert(fc.property(anyChange, ({ resource, at, value }) => {
    const deployment = readDeployment(withForeign(changed(resource, at, value)));
    expect(jobsOf(deployment).map((job) => job.path)).toContain('App/Job');
    const machine = deployment.stateMachines.find((each) => each.path === 'App/Job/Run')!;
    const reached = reachedFrom(deployment, machine);
    expect([reached.stateMachines, reached.functions.length, reached.eventSources.length, reached.rules.length]).toEqual([[machine], 2, 1, 2]);
  }), { numRuns: 150 });
});

test('each resource of a type that the emulator knows is read, or it is known why not', () => {
  /** Only what no run uses is left out without a word. */
  const maybeUnused = /Policy$|^AWS::Events::Rule$|^AWS::Lambda::EventSourceMapping$|^AWS::ApiGatewayV2::/;
  fc.assert(fc.property(anyChange, ({ resource, at, value }) => {
    const { [COLLECTIONS[resource.Type]]: collection = [], faults } = readDeployment(withForeign(changed(resource, at, value)));
    const found = [...collection as { logicalId: string }[], ...faults].filter(({ logicalId }) => logicalId === 'Foreign');
    expect(found.length === 1 || found.length === 0 && maybeUnused.test(resource.Type)).toBe(true);
    expect(faults.every(({ message }) => /^Other\/Foreign:? [^\n]+$/.test(message))).toBe(true);
  }), { numRuns: 150 });
});

test('a job whose own resource is anything is refused in one line, or can be run', () => {
  const refusalOf = (deployment: Deployment): string => {
    const machine = deployment.stateMachines.find((each) => each.path === 'App/Job/Run');
    if (!machine) return deployment.faults.find((fault) => fault.path === 'App/Job/Run')!.message;
    try {
      reachedFrom(deployment, machine);
      return 'none';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  fc.assert(fc.property(anyChange, ({ logicalId, resource, at, value }) => {
    const template = { Parameters: { NoDefault: { Type: 'String' } }, Resources: { ...stack.template.Resources, [logicalId]: changed(resource, at, value) } };
    expect(refusalOf(readDeployment({ ...app, stacks: [{ ...stack, template }] }))).toMatch(/^(none|AssemblyError: App\/Job\/Run cannot run: App\/[^\n]+|App\/Job\/Run[: ][^\n]+)$/);
  }), { numRuns: 150 });
});

test('the assembly of the test has what it is about', () => {
  expect(new Set(read.map(([, { Type }]) => Type).filter((type) => type in COLLECTIONS))).toEqual(new Set(Object.keys(COLLECTIONS)));
  expect(fs.existsSync(path.join(app.directory, 'manifest.json'))).toBe(true);
});
