import * as fs from 'fs';
import * as path from 'path';
import { Duration, Size, Token } from 'aws-cdk-lib';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import { IConstruct } from 'constructs';
import { platformOf, warnOfOtherPlatform } from './image-platform';
import type { HeavyBatchJobProps } from './job-props';
import { checkVolumes } from './job-volumes';
import { checkNodes, checkShare } from './validate-scheduling';
import { checkRange, known, refuse } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';
import { DEFAULT_SHARE } from '../compute/fair-share';
import type { HeavyBatchComputeProps } from '../heavy-batch-compute';
import { checkFargateSize, leastFargateMemory } from '../instances/fargate-fit';
import { checkMemory, checkVcpus, memoryShare } from '../instances/instance-fit';
import { checkGpus } from '../instances/instance-gpus';

/** The props of a job with their defaults, checked. */
export interface CheckedJob {
  readonly vcpus: number;
  readonly memory: Size;
  readonly attempts: number;
  readonly attemptTimeout: Duration;
  readonly queueTimeout: Duration;
  readonly platform?: ecrAssets.Platform;
  /** Undefined where the queue is not divided between shares. */
  readonly shareIdentifier?: string;
}

/** All of them, and the compiler says when one is missing. */
const COMPUTE_PROPS = Object.keys({
  fargate: true,
  cpuArchitecture: true,
  instanceTypes: true,
  instanceClasses: true,
  useOptimalInstanceClasses: true,
  minvCpus: true,
  maxvCpus: true,
  vpc: true,
  vpcSubnets: true,
  vpcEndpoints: true,
  securityGroups: true,
  spot: true,
  onDemandFallback: true,
  scratchSize: true,
  scratchIops: true,
  scratchThroughput: true,
  instanceStore: true,
  fairShare: true,
  payloadBucket: true,
  payloadRetention: true,
} satisfies { [prop in keyof Required<HeavyBatchComputeProps>]: true }) as (keyof HeavyBatchComputeProps)[];

/** Those of a job's props that describe its own compute. */
export function computeProps(props: HeavyBatchJobProps): HeavyBatchComputeProps {
  return Object.fromEntries(COMPUTE_PROPS.filter((prop) => props[prop] !== undefined).map((prop) => [prop, props[prop]]));
}

export function checkJob(scope: IConstruct, props: HeavyBatchJobProps, compute: IHeavyBatchCompute): CheckedJob {
  const vcpus = props.vcpus ?? 1;
  const job = {
    vcpus,
    memory: props.memory ?? defaultMemory(scope, { ...props, vcpus }, compute),
    attempts: props.attempts ?? 3,
    attemptTimeout: props.attemptTimeout ?? Duration.days(1),
    queueTimeout: props.queueTimeout ?? Duration.days(1),
    platform: props.imageBuild?.platform ?? platformOf(compute.architecture),
    shareIdentifier: compute.fairShare ? props.shareIdentifier ?? DEFAULT_SHARE : undefined,
  };
  checkCompute(scope, props);
  checkImage(scope, props, compute);
  if (props.imageDirectory !== undefined) warnOfOtherPlatform(scope, job.platform);
  checkParameters(scope, props);
  checkEnvironment(scope, props);
  checkVolumes(scope, props, compute);
  checkTimes(scope, props);
  checkNodes(scope, props.nodes, job.vcpus, compute);
  checkShare(scope, props, compute);
  checkRange(scope, 'attempts', job.attempts, { least: 1, most: 10 });
  if (compute.fargate) checkFargateSize(scope, { ...props, ...job });
  checkVcpus(scope, job.vcpus, compute);
  checkGpus(scope, props.gpus, compute);
  checkMemory(scope, 'memory', job.memory, compute);
  if (props.maxMemory) {
    checkMemory(scope, 'maxMemory', props.maxMemory, compute);
    const [least, most] = [job.memory, props.maxMemory].map((size) => size.isUnresolved() ? undefined : size.toMebibytes());
    if (known(least) && known(most) && most < least) {
      refuse(scope, 'maxMemory', `is ${most} MiB, less than 'memory', ${least} MiB; use ${2 * least} or more, or leave it out`);
    }
  }
  return job;
}

function defaultMemory(scope: IConstruct, size: { vcpus: number; gpus?: number; maxMemory?: Size }, compute: IHeavyBatchCompute): Size {
  if (compute.fargate) return leastFargateMemory(scope, size.vcpus);
  const memory = memoryShare(size, compute) ?? Size.mebibytes(1024);
  const most = size.maxMemory;
  return most && !most.isUnresolved() && most.toMebibytes() < memory.toMebibytes() ? most : memory;
}

function checkCompute(scope: IConstruct, props: HeavyBatchJobProps): void {
  const both = props.compute ? Object.keys(computeProps(props)) : [];
  if (both.length > 0) refuse(scope, both[0], `is given together with 'compute'; set it on ${props.compute!.node.path}, or leave 'compute' out`);
}

function checkImage(scope: IConstruct, { image, imageDirectory, imageBuild }: HeavyBatchJobProps, compute: IHeavyBatchCompute): void {
  if (image && imageDirectory !== undefined) refuse(scope, 'image', "is given together with 'imageDirectory'; leave one of them out");
  if (!image && imageDirectory === undefined) {
    refuse(scope, 'imageDirectory', "is missing, and so is 'image'; name the directory of the job's Dockerfile, or an image that exists");
  }
  if (image && imageBuild) refuse(scope, 'imageBuild', "is given together with 'image', which is built already; leave it out");
  if (imageDirectory !== undefined && !Token.isUnresolved(imageDirectory)) {
    const file = imageBuild?.file ?? 'Dockerfile';
    if (!fs.existsSync(path.join(imageDirectory, file))) {
      refuse(scope, 'imageDirectory', `is ${imageDirectory}, in which there is no ${file}; name the directory that has it, or set 'imageBuild.file'`);
    }
  }
  const wanted = platformOf(compute.architecture);
  const given = imageBuild?.platform;
  if (given && wanted && given.platform.split('/').slice(0, 2).join('/') !== wanted.platform) {
    refuse(scope, 'imageBuild.platform', `is ${given.platform}, but the ${compute.fargate ? 'job runs on' : 'instances are'} ${compute.architecture}; use ${wanted.platform}, or leave it out`);
  }
}

/** https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#parameters */
function checkParameters(scope: IConstruct, { command = [], parameters = {} }: HeavyBatchJobProps): void {
  if (Token.isUnresolved(command) || Token.isUnresolved(parameters) || command.some((word) => Token.isUnresolved(word))) return;
  const referred = new Set(command.flatMap((word) => [...word.matchAll(/Ref::([\w-]+)/g)].map(([, name]) => name)));
  for (const name of referred) {
    if (!(name in parameters)) refuse(scope, 'command', `refers to Ref::${name}, which has no default; add '${name}' to 'parameters'`);
  }
  for (const name of Object.keys(parameters)) {
    if (!referred.has(name)) refuse(scope, 'parameters', `has '${name}', which 'command' does not refer to; write Ref::${name} into it, or use 'environment'`);
  }
}

function checkEnvironment(scope: IConstruct, props: HeavyBatchJobProps): void {
  for (const prop of ['environment', 'secrets'] as const) {
    for (const name of Object.keys(props[prop] ?? {})) {
      if (/^(AWS_BATCH|HEAVY_BATCH_)/.test(name)) refuse(scope, prop, `has '${name}', but names with ${name.startsWith('AWS') ? 'AWS_BATCH' : 'HEAVY_BATCH_'} are taken; use another name`);
    }
  }
  const twice = Object.keys(props.secrets ?? {}).find((name) => name in (props.environment ?? {}));
  if (twice) refuse(scope, 'secrets', `has '${twice}', and so has 'environment'; leave one of them out`);
}

function checkTimes(scope: IConstruct, props: HeavyBatchJobProps): void {
  const year = Duration.days(365).toSeconds();
  for (const prop of ['attemptTimeout', 'queueTimeout', 'runTimeout'] as const) {
    const time = props[prop];
    if (time && !time.isUnresolved()) checkRange(scope, prop, time.toSeconds({ integral: false }), { least: 60, most: year, unit: 'seconds', whole: false });
  }
}
