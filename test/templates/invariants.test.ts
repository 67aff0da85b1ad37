import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { APPS, everyTemplate } from './apps';
import { BREAKS } from './breaks';
import { APP, templatesOf as templatesOfApp } from './generated-apps';
import { INVARIANTS, violationsOf } from './invariants';
import { ALLOWED_ACTIONS, allowedActionsOf } from './invariants/allowed-actions';
import { ALLOWED_WILDCARDS, EVERYTHING } from './invariants/allowed-wildcards';
import { statementsOf, wildcardsOf } from './invariants/permissions';
import { importsAreExported } from './invariants/references';
import type { CloudFormationTemplate } from './template';
import { HeavyBatchApi } from '../../src';
import { newJob } from '../stacks';

const TEMPLATES = [
  ...Object.values(everyTemplate()),
  ...fc.sample(APP, { seed: 1, numRuns: 20 }).flatMap((spec) => Object.values(templatesOfApp(spec))),
  apiOfAnotherStack(),
];

function apiOfAnotherStack(): CloudFormationTemplate {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Apis');
  new HeavyBatchApi(stack, 'Api', { jobs: [{ job: newJob({}, new Stack(app, 'Jobs')) }] });
  return Template.fromStack(stack).toJSON();
}

/** Every template keeps every invariant, but for what its app asks for. What it asks for is exact: one that is asked for and not there is a failure too. */
const ENDPOINTS = ['ecrapi', 'ecrdkr', 'logs', 'ecs', 'ecsagent', 'ecstelemetry'];
const interfaceEndpoints = (scope: string) => ({
  'nothing costs money while no job runs': ENDPOINTS.map((service) => expect.stringMatching(new RegExp(`^${scope}VpcEndpoints${service}\\w{8} is of type AWS::EC2::VPCEndpoint`))),
});
const ASKED_FOR: Record<string, Record<string, string[]>> = {
  'example-private-network-Private': interfaceEndpoints('Compute'),
  'of-a-job-in-isolated-subnets': interfaceEndpoints('JobCompute'),
  // A page for everybody, with a function of the app, which is as short as the CDK allows.
  'example-report-api-Shop': {
    'an API knows its callers': ['ApiGETproxy48A88513', 'ApiPOSTproxy9A86D332', 'ApiDELETEproxy2DFD2694', 'ApiGET1C129E33'].map((route) => `${route} lets everybody in`),
    'each function has a log group': ['PageA98A310E has no log group of this template'],
    'each function has a time-out': ['PageA98A310E has no time-out'],
    'no role has a managed policy': [expect.stringMatching(/^PageServiceRole8CB07DFF has the managed policy .*AWSLambdaBasicExecutionRole$/)],
  },
  // A VPC with a NAT gateway, a secret, and two vCPUs that are always there.
  'of-a-job-with-every-prop': {
    'a public IP address is only where it is needed': ['VpcPublicSubnet1EIPD7E02669 is a public IP address'],
    'nothing costs money while no job runs': [
      'VpcPublicSubnet1EIPD7E02669 is of type AWS::EC2::EIP, which is not known to be free while no job runs',
      'VpcPublicSubnet1NATGateway4D7517AA is of type AWS::EC2::NatGateway, which is not known to be free while no job runs',
      'SecretA720EF05 is of type AWS::SecretsManager::Secret, which is not known to be free while no job runs',
      'JobComputeInstancesComputeEnvironment8387DCC3 keeps instances while no job runs',
    ],
  },
};

test.each(Object.entries(APPS))('%s keeps every invariant', (_name, templatesOf) => {
  const templates = templatesOf();
  const found = Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, violationsOf(template)]));
  expect(found).toEqual(Object.fromEntries(Object.keys(templates).map((name) => [name, ASKED_FOR[name] ?? {}])));
});

test('what an app asks for is of an app that is there', () => {
  expect(Object.keys(everyTemplate())).toEqual(expect.arrayContaining(Object.keys(ASKED_FOR)));
});

test('what a stack imports is exported by another stack of its app', () => {
  const app = Object.values(APPS['example-shared-compute']());
  expect(app).toHaveLength(2);
  expect(importsAreExported(app)).toEqual([]);
  expect(importsAreExported(app.slice(1)).length).toBeGreaterThan(10);
});

describe('the invariant', () => {
  const TITLES = Object.keys(INVARIANTS) as (keyof typeof INVARIANTS)[];
  const sound = () => structuredClone(APPS['of-a-job-with-every-prop']()['of-a-job-with-every-prop']);

  test.each(TITLES.flatMap((title) => BREAKS[title].map((change, index) => [title, index + 1, change] as const)))('that %s refuses break %i', (title, _index, change) => {
    const broken = sound();
    const before = INVARIANTS[title](broken);
    change(broken);
    expect(INVARIANTS[title](broken).filter((violation) => !before.includes(violation))).not.toEqual([]);
  });

  test('has breaks, whichever it is', () => {
    expect(Object.keys(BREAKS)).toEqual(Object.keys(INVARIANTS));
    for (const breaks of Object.values(BREAKS)) expect(breaks.length).toBeGreaterThan(0);
  });
});

describe('a wildcard that is allowed', () => {
  test.each(ALLOWED_WILDCARDS.flatMap((entry) => entry.actions.map((action) => [action, entry.reason, entry] as const)))('for %s (%s) is in use', (action, _reason, entry) => {
    const wildcards = TEMPLATES.flatMap(wildcardsOf);
    expect(wildcards.filter((wildcard) => wildcard.action === action && entry.permits(wildcard))).not.toEqual([]);
  });

  test('is everything only for actions that support no resource', () => {
    const actions = ALLOWED_WILDCARDS.filter(({ resource }) => resource.source === EVERYTHING.source).flatMap((entry) => entry.actions);
    expect([...new Set(actions)].sort()).toEqual([
      'batch:DescribeJobs', 'batch:ListJobs', 'ec2:DescribeTags', 'ecr:GetAuthorizationToken', 'ecs:DiscoverPollEndpoint',
      'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
      'xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments',
    ]);
  });

  test('has a link to the reference of AWS', () => {
    for (const { link } of ALLOWED_WILDCARDS) expect(link).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/service-authorization\/latest\/reference\/list_\w+-?\w*\.html$/);
  });
});

describe('the actions that are allowed for each', () => {
  const used = TEMPLATES.flatMap(statementsOf).filter(({ effect }) => effect === 'Allow');

  test.each(ALLOWED_ACTIONS.map((entry) => [entry.kind, entry] as const))('%s are in use', (_kind, entry) => {
    const actions = new Set(used.filter(({ grantee }) => allowedActionsOf(grantee) === entry).flatMap((statement) => statement.actions));
    expect(entry.actions.filter((action) => !actions.has(action))).toEqual([]);
  });
});
