import * as fs from 'fs';
import { App, Environment, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { API_PARAMETER_RULES, API_PARAMETER_VALUES, API_RULES, API_VALUES, OwnApiProps } from './api-values';
import { COMPUTE_RULES, COMPUTE_VALUES, computeOfSetting, QUEUE_COMPUTE_VALUES, queueComputeOfSetting } from './compute-values';
import { REGISTRY_IMAGE } from './container-values';
import { IMPORTED_VALUES, JOB_RULES, JOB_VALUES, MAP_VALUES, OwnJobProps } from './job-values';
import { given, makeProps, oddString, Setting } from './value';
import {
  HeavyBatchApi, HeavyBatchApiParameter, HeavyBatchCompute, HeavyBatchComputeProps, HeavyBatchJob, HeavyBatchJobAttributes, HeavyBatchMap, HeavyBatchMapOptions,
  HeavyBatchQueueCompute, HeavyBatchQueueComputeProps, IHeavyBatchCompute, IHeavyBatchJob,
} from '../../../src';
import { QUEUE_ARN } from '../../stacks';

const FLAGS: Record<string, unknown> = JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8'));

const SETTING: fc.Arbitrary<Setting> = fc.record({
  compute: fc.constantFrom('instances', 'fargate', 'arm', 'gpus', 'instance store', 'nodes', 'queue', 'queue of fargate'),
  spot: fc.boolean(),
  fairShare: fc.boolean(),
  shared: fc.boolean(),
  vpc: fc.constantFrom('new', 'given', 'isolated'),
});

const rarely = fc.integer({ min: 0, max: 19 }).map((number) => number === 19);

/** An app with any props: those that fit its setting, and odd ones. */
export const ANY_APP = SETTING.chain((setting) => fc.record({
  setting: fc.constant(setting),
  /** Of the shared compute, or of the own one of each job. In some apps of both, which is refused. */
  compute: given<HeavyBatchComputeProps>(COMPUTE_VALUES, setting, 5, COMPUTE_RULES),
  both: rarely,
  queueCompute: given<HeavyBatchQueueComputeProps>(QUEUE_COMPUTE_VALUES, setting, 3),
  jobs: fc.array(fc.record({
    id: fc.constantFrom('', ' é', 'x'.repeat(100)),
    props: given<OwnJobProps>(JOB_VALUES, setting, 10, JOB_RULES),
    map: fc.option(given<HeavyBatchMapOptions>(MAP_VALUES, setting, 4), { nil: undefined }),
  }), { minLength: 1, maxLength: 3, size: 'max' }),
  imported: fc.option(fc.record({
    job: given<HeavyBatchJobAttributes>(IMPORTED_VALUES, setting, 2),
    map: given<HeavyBatchMapOptions>(MAP_VALUES, { ...setting, fairShare: true }, 4),
  }), { freq: 3, nil: undefined }),
  /** An API over all jobs. */
  api: fc.option(fc.record({
    props: given<OwnApiProps>(API_VALUES, setting, 5, API_RULES),
    parameter: given<HeavyBatchApiParameter>(API_PARAMETER_VALUES, setting, 4, API_PARAMETER_RULES),
    name: fc.option(fc.oneof({ weight: 5, arbitrary: fc.constant('job') }, { weight: 1, arbitrary: oddString }), { freq: 5, nil: undefined }),
  }), { freq: 1, nil: undefined }),
  /** Whether each job has a stack of its own. */
  apart: fc.boolean(),
  place: fc.constantFrom('app', 'stage', 'nested stack'),
  env: fc.constantFrom<Environment | undefined>(undefined, { account: '123456789012', region: 'us-east-1' }),
  /** In some apps the stacks of the jobs are in another Region than their compute, which is refused. */
  elsewhere: rarely,
  flags: fc.oneof(fc.constant<string[]>([]), fc.constant(Object.keys(FLAGS)), fc.subarray(Object.keys(FLAGS))),
  tags: fc.constantFrom('none', 'app', 'stack', 'job'),
}));
export type AnyApp = typeof ANY_APP extends fc.Arbitrary<infer T> ? T : never;

/** Builds an app. What is refused is an error here, or when the app is synthesized. */
export function buildAnyApp(spec: AnyApp, outdir?: string): App {
  const app = new App({
    outdir,
    autoSynth: false, // an app that is refused would be synthesized at the end of the process, where CDK_OUTDIR is set
    analyticsReporting: false,
    context: { ...Object.fromEntries(spec.flags.map((flag) => [flag, FLAGS[flag]])), 'aws:cdk:disable-asset-staging': true },
  });
  addStacks(spec.place === 'stage' ? new Stage(app, 'Stage') : app, spec);
  if (spec.tags === 'app') Tags.of(app).add('Owner', 'me');
  return app;
}

function addStacks(scope: Construct, spec: AnyApp): void {
  const tags = spec.tags === 'stack' ? { Owner: 'me' } : undefined;
  const newStack = (id: string, env = spec.env): Stack => {
    const stack = new Stack(scope, id, { env, tags });
    return spec.place === 'nested stack' ? new NestedStack(stack, 'Nested') : stack;
  };
  const stack = newStack('Shared');
  const compute = sharedCompute(stack, spec);
  const jobs = spec.jobs.map((job, index) => {
    const jobStack = spec.apart && (compute || index > 0) ? newStack(`Apart${index}`, spec.elsewhere ? { account: '123456789012', region: 'eu-west-1' } : spec.env) : stack; // no stack is empty
    const values = new Construct(jobStack, `Values${index}`);
    const own = compute && !spec.both ? {} : makeProps<HeavyBatchComputeProps>(new Construct(values, 'Compute'), spec.compute);
    const props = { ...own, ...makeProps<OwnJobProps>(values, job.props) };
    const construct = new HeavyBatchJob(jobStack, `Job${index}${job.id}`, {
      ...props.image || props.imageDirectory !== undefined ? {} : { image: ecs.ContainerImage.fromRegistry(REGISTRY_IMAGE) },
      ...compute ? { compute } : computeOfSetting(spec.setting),
      ...spec.setting.compute === 'nodes' ? { nodes: 2 } : {},
      ...props,
    });
    if (job.map) construct.addMap('Each', { bucket: lists(values), ...makeProps<HeavyBatchMapOptions>(new Construct(values, 'MapValues'), job.map) });
    if (spec.tags === 'job') Tags.of(construct).add('Owner', 'me');
    return construct;
  });
  const imported = spec.imported ? [addImported(stack, spec.imported)] : [];
  if (spec.api) addApi(spec.apart ? newStack('Apis') : stack, [...jobs, ...imported], spec.api);
}

/** Undefined where each job has its own one. */
function sharedCompute(stack: Stack, { setting, ...spec }: AnyApp): IHeavyBatchCompute | undefined {
  const values = new Construct(stack, 'Values');
  if (setting.compute.startsWith('queue')) {
    return new HeavyBatchQueueCompute(stack, 'Compute', {
      jobQueue: batch.JobQueue.fromJobQueueArn(values, 'Queue', QUEUE_ARN),
      ...queueComputeOfSetting(setting),
      ...makeProps<HeavyBatchQueueComputeProps>(values, spec.queueCompute),
    });
  }
  return setting.shared ? new HeavyBatchCompute(stack, 'Compute', { ...computeOfSetting(setting), ...makeProps<HeavyBatchComputeProps>(values, spec.compute) }) : undefined;
}

/** The first parameter of the first job has a schema. */
function addApi(stack: Stack, jobs: readonly IHeavyBatchJob[], { props, parameter, name }: NonNullable<AnyApp['api']>): void {
  const values = new Construct(stack, 'ApiValues');
  const [described = 'item'] = jobs[0]._plan?.parameters ?? [];
  const schema = makeProps<HeavyBatchApiParameter>(new Construct(values, 'Parameter'), parameter);
  new HeavyBatchApi(stack, 'Api', {
    jobs: jobs.map((job, index) => ({ job, name: name === undefined ? `job${index}` : `${name}${index}`, parameters: index === 0 && parameter.length > 0 ? { [described]: schema } : undefined })),
    ...makeProps<OwnApiProps>(values, props),
  });
}

function addImported(stack: Stack, { job, map }: NonNullable<AnyApp['imported']>): IHeavyBatchJob {
  const values = new Construct(stack, 'ImportedValues');
  const imported = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Imported', {
    stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort',
    ...makeProps<HeavyBatchJobAttributes>(values, job),
  });
  new HeavyBatchMap(new Construct(stack, 'ImportedMap'), 'Each', { job: imported, bucket: lists(values), resultBucket: lists(values), ...makeProps<HeavyBatchMapOptions>(new Construct(values, 'MapValues'), map) });
  return imported;
}

function lists(scope: Construct): s3.IBucket {
  return s3.Bucket.fromBucketName(scope, `Lists${scope.node.children.length}`, 'lists');
}
