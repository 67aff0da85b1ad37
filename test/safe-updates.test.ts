import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { API_CHANGES, templateOfApi } from './safe-updates/api-changes';
import { batchFaults, Template as Json } from './safe-updates/batch';
import { CHANGES, QUEUE_CHANGES, REFUSED } from './safe-updates/changes';
import { clashes, effects, IN_PLACE, REPLACED } from './safe-updates/cloudformation';
import { Kind, KINDS, propsOf, templateOf } from './safe-updates/stacks';
import { IMAGE } from './stacks';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../src';

const QUEUE: Kind = 'an existing queue';
const none = () => ({});
const COMPUTE_PROPS = propsOf('HeavyBatchComputeProps');

type Prop = keyof HeavyBatchJobProps;

/** The props that a kind of compute has, and those that it refuses. A job on an existing queue has no props of a compute: see below. */
function propsOn(kind: Kind): { changed: Prop[]; refused: Prop[] } {
  const all = (propsOf('HeavyBatchJobProps') as Prop[]).filter((prop) => kind !== QUEUE || !COMPUTE_PROPS.includes(prop));
  const isRefused = (prop: Prop) => CHANGES[prop].on?.[kind] === REFUSED;
  return { changed: all.filter((prop) => !isRefused(prop)), refused: all.filter(isRefused) };
}

/** A job with the default props of its kind, which many changes begin with. */
const defaults = new Map<Kind, Json>();
function defaultOf(kind: Kind): Json {
  if (!defaults.has(kind)) defaults.set(kind, templateOf(kind, none));
  return defaults.get(kind)!;
}

function expectInPlace(before: Json, after: Json): void {
  expect(batchFaults(before, after)).toEqual([]);
  expect(clashes(before, after)).toEqual([]);
}

test.each<[string, object]>([['HeavyBatchJobProps', CHANGES], ['HeavyBatchQueueComputeProps', QUEUE_CHANGES], ['HeavyBatchApiProps', API_CHANGES]])('each prop of %s is changed', (struct, changes) => {
  expect(Object.keys(changes).sort()).toEqual(propsOf(struct).sort());
});

describe.each(KINDS)('on %s, a deployment that changes', (kind) => {
  test.each(propsOn(kind).changed)('%s', (prop) => {
    const { from, to, does, on = {}, queue = {} } = CHANGES[prop];
    const before = from ? templateOf(kind, from, () => queue) : defaultOf(kind);
    const after = templateOf(kind, to, () => queue);
    expect(effects(before, after)).toEqual(on[kind] ?? does);
    // The name of the job definition has the name of the compute, so another compute has another job definition.
    expect(batchFaults(before, after)).toEqual(prop === 'compute' ? ['AWS::Batch::JobDefinition: JobDefinitionName replaces it'] : []);
    expect(clashes(before, after)).toEqual([]);
  });
});

test.each(KINDS.flatMap((kind) => propsOn(kind).refused.map((prop) => [prop, kind] as const)))('%s is refused on %s', (prop, kind) => {
  expect(() => templateOf(kind, (given) => ({ [prop]: CHANGES[prop].to(given, kind)[prop] }))).toThrow(new RegExp(`^'${prop}' .*[(]at Stack/Job(/Compute)?[)]$`));
});

test('a prop of a compute is refused for a job on an existing queue', () => {
  for (const prop of COMPUTE_PROPS) {
    const { to } = CHANGES[prop as keyof HeavyBatchJobProps];
    const value = (kind: Kind) => templateOf(QUEUE, (given) => ({ [prop]: to(given, kind)[prop as keyof HeavyBatchJobProps] }));
    expect(() => value('EC2')).toThrow(`'${prop}' is given together with 'compute'; set it on Stack/Queue, or leave 'compute' out (at Stack/Job)`);
  }
});

describe('a deployment that says something else of an existing queue', () => {
  test.each(Object.entries(QUEUE_CHANGES))('%s', (_, { from = none, to, does }) => {
    const [before, after] = [from, to].map((props) => templateOf(QUEUE, none, (given) => props(given, QUEUE)));
    expect(effects(before, after)).toEqual(does);
    expectInPlace(before, after);
  });
});

describe('a deployment that changes an API', () => {
  const before = templateOfApi(none);

  test.each(Object.entries(API_CHANGES))('%s', (_, { to, does }) => {
    const after = templateOfApi(to);
    expect(effects(before, after)).toEqual(does);
    expect(clashes(before, after)).toEqual([]);
  });

  test('keeps its table, its URL and its function, also where its job becomes regulated', () => {
    const regulated = templateOfApi(none, {});
    const kept = (template: Json) => Object.entries(template.Resources).filter(([id, { Type }]) => /^Api/.test(id) && /::(Table|Api|Function|LogGroup|Stage)$/.test(Type)).map(([id]) => id);
    expect(kept(before)).toHaveLength(6);
    expect(kept(regulated)).toEqual(kept(before));
    const { Table, Api = 'unchanged', Function, LogGroup } = effects(before, regulated);
    expect([Table, Api]).toEqual([IN_PLACE, 'unchanged']);
    expect([Function, LogGroup].join()).not.toContain(REPLACED);
  });
});

describe('a deployment that changes a tag', () => {
  const tagged = (props: HeavyBatchJobProps, value: string) => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
    const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: IMAGE, ...props });
    Tags.of(job).add('version', value);
    return Template.fromStack(stack).toJSON() as Json;
  };

  test.each<[string, HeavyBatchJobProps]>([['EC2', {}], ['Spot', { spot: true }], ['Fargate', { fargate: true }], ['fair shares', { fairShare: {} }]])('replaces nothing, with %s', (_, props) => {
    const [before, after] = [tagged(props, '1'), tagged(props, '2')];
    const does = effects(before, after);
    expect(Object.values(does).filter((effect) => effect !== 'changed in place')).toEqual([]);
    expect(does).toHaveProperty('StateMachine');
    expect(does).not.toHaveProperty('JobQueue');
    expectInPlace(before, after);
  });
});

describe('these tests find', () => {
  /** Changes a property of each resource of a type. */
  const withProperty = (kind: Kind, type: string, change: (properties: any) => void) => {
    const template = JSON.parse(JSON.stringify(defaultOf(kind))) as Json;
    for (const resource of Object.values(template.Resources)) if (resource.Type === `AWS::Batch::${type}`) change(resource.Properties);
    return template;
  };

  test('a job queue that would be replaced, and a name that would be taken', () => {
    const named = (name: string, type?: string) => withProperty('EC2', 'JobQueue', (properties) => {
      properties.JobQueueName = name;
      if (type) properties.JobQueueType = type;
    });
    expect(effects(named('a'), named('b'))).toEqual({ JobQueue: REPLACED });
    expect(clashes(named('a'), named('a', 'ECS'))).toEqual(['a']);
    expect(new Set(batchFaults(named('a'), named('b', 'ECS'))))
      .toEqual(new Set(['AWS::Batch::JobQueue: JobQueueName replaces it', 'AWS::Batch::JobQueue: JobQueueType replaces it']));
  });

  test.each<[string, Kind, string, (properties: any) => void, string]>([
    ['an update policy on Fargate', 'Fargate', 'ComputeEnvironment', (of) => Object.assign(of, { UpdatePolicy: {} }), 'ComputeEnvironment: UpdatePolicy is refused on Fargate'],
    ['tags of instances on Fargate', 'Fargate Spot', 'ComputeEnvironment', (of) => Object.assign(of.ComputeResources, { Tags: {} }), 'ComputeEnvironment: ComputeResources.Tags is refused on Fargate'],
    ['Fargate that becomes Fargate Spot', 'Fargate', 'ComputeEnvironment', (of) => Object.assign(of.ComputeResources, { Type: 'FARGATE_SPOT' }), 'ComputeEnvironment: Type from FARGATE to FARGATE_SPOT is refused'],
    ['instances that become Fargate', 'EC2', 'ComputeEnvironment', (of) => Object.assign(of.ComputeResources, { Type: 'FARGATE' }), 'ComputeEnvironment: Type from EC2 to FARGATE is refused'],
    ['tags of an environment', 'EC2', 'ComputeEnvironment', (of) => Object.assign(of, { Tags: { version: '2' } }), 'AWS::Batch::ComputeEnvironment: Tags replaces it'],
    ['an environment that may be replaced', 'EC2', 'ComputeEnvironment', (of) => Object.assign(of, { ReplaceComputeEnvironment: true }), 'ComputeEnvironment: it is replaced without ReplaceComputeEnvironment: false'],
    ['an allocation strategy without updates', 'EC2', 'ComputeEnvironment', (of) => Object.assign(of.ComputeResources, { AllocationStrategy: 'BEST_FIT' }), 'ComputeEnvironment: its allocation strategy allows no update'],
    ['a service role', 'EC2', 'ComputeEnvironment', (of) => Object.assign(of, { ServiceRole: 'role' }), 'ComputeEnvironment: its service role allows no update'],
    ['a scheduling policy that is added', 'EC2', 'JobQueue', (of) => Object.assign(of, { SchedulingPolicyArn: 'arn' }), 'JobQueue: a scheduling policy that is added is refused'],
    ['a job definition with another name', 'EC2', 'JobDefinition', (of) => Object.assign(of, { JobDefinitionName: 'other' }), 'AWS::Batch::JobDefinition: JobDefinitionName replaces it'],
  ])('%s', (_, kind, type, change, fault) => {
    expect(batchFaults(defaultOf(kind), withProperty(kind, type, change))).toContain(fault);
  });
});

describe('when a stack is deleted', () => {
  const template = Template.fromJSON(templateOf('Spot', () => ({})));
  const environments = Object.values(template.findResources('AWS::Batch::ComputeEnvironment', { Properties: { ComputeResources: { Type: 'SPOT' } } }));

  test('a compute environment is deleted before the role of its instances, and before their route to the internet', () => {
    const [{ DependsOn }] = environments;
    const deletedLater = DependsOn.map((id: string) => template.toJSON().Resources[id].Type);
    expect(deletedLater).toEqual(expect.arrayContaining(['AWS::IAM::Role', 'AWS::EC2::Route', 'AWS::EC2::SubnetRouteTableAssociation']));
  });

  test('a compute environment is deleted before policies that were added to this role later', () => {
    const stack = new Stack(new App(), 'Stack');
    const compute = new HeavyBatchCompute(stack, 'Compute');
    compute.instanceRole!.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::models/*'] }));
    const { Resources } = Template.fromStack(stack).toJSON();
    const [environment] = Object.values<any>(Resources).filter(({ Type }) => Type === 'AWS::Batch::ComputeEnvironment');
    expect(environment.DependsOn.map((id: string) => Resources[id].Type)).toContain('AWS::IAM::Policy');
  });
});
