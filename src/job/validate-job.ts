import { Duration, Size, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import { IConstruct } from 'constructs';
import { platformOf, warnOfOtherPlatform } from './image-platform';
import { validateConsumableResources } from './job-consumables';
import { validateLogs, validateResultSource } from './job-logs';
import type { HeavyBatchJobProps } from './job-props';
import { validateVolumes } from './job-volumes';
import { validateLinux } from './linux-parameters';
import { ONE_YEAR } from './run-timeout';
import { validateContainer } from './validate-container';
import { validateImage } from './validate-image';
import { validateAllowedOverrides } from './validate-overrides';
import { validateNodes, validateShare } from './validate-scheduling';
import { isKnown, refuse, validateMebibytes, validateRange } from '../common/validation';
import type { ComputePlan } from '../compute/compute-plan';
import { COMPUTE_PROP_TYPES } from '../compute/compute-prop-types';
import type { HeavyBatchComputeProps } from '../compute/compute-props';
import { DEFAULT_SHARE } from '../compute/fair-share';
import { MEMORY } from '../contract/limits';
import { START_TIMEOUT } from '../contract/timings';
import { leastFargateMemory, validateFargateSize } from '../instances/fargate-fit';
import { memoryShare, validateFit, validateMemory, validateVcpus } from '../instances/instance-fit';
import { validateGpus } from '../instances/instance-gpus';
import { warnOfNeuronDevices } from '../instances/machine-image';

/** The valid props of a job, with their defaults. */
export interface ValidJob {
  readonly vcpus: number;
  readonly memory: Size;
  readonly attempts: number;
  readonly attemptTimeout: Duration;
  readonly queueTimeout: Duration;
  readonly startTimeout: Duration;
  readonly platform?: ecrAssets.Platform;
  /** Undefined where the job queue has no fair-share policy. */
  readonly shareIdentifier?: string;
  /** Undefined where the job queue has no fair-share policy. */
  readonly schedulingPriority?: number;
}

const COMPUTE_PROPS = Object.keys(COMPUTE_PROP_TYPES) as (keyof HeavyBatchComputeProps)[];

/** The props of a job that describe its own compute. */
export function computeProps(props: HeavyBatchJobProps): HeavyBatchComputeProps {
  return Object.fromEntries(COMPUTE_PROPS.filter((prop) => props[prop] !== undefined).map((prop) => [prop, props[prop]]));
}

/** Refuses props that are not valid, alone or on this compute, and warns of props that may not work. */
export function validateJob(scope: IConstruct, props: HeavyBatchJobProps, plan: ComputePlan, vpc?: ec2.IVpc): ValidJob {
  const vcpus = props.vcpus ?? 1;
  const job = {
    vcpus,
    memory: props.memory ?? defaultMemory(scope, { ...props, vcpus }, plan),
    attempts: props.attempts ?? 3,
    attemptTimeout: props.attemptTimeout ?? Duration.days(1),
    queueTimeout: props.queueTimeout ?? Duration.days(1),
    startTimeout: props.startTimeout ?? Duration.seconds(START_TIMEOUT),
    platform: props.imageBuild?.platform ?? platformOf(plan.architecture),
    shareIdentifier: plan.fairShare ? props.shareIdentifier ?? DEFAULT_SHARE : undefined,
    // Such a queue refuses a job that has none: https://github.com/nextflow-io/nextflow/issues/3505
    schedulingPriority: plan.fairShare ? props.schedulingPriority ?? 0 : undefined,
  };
  validateComputeProps(scope, props);
  validateImage(scope, props, plan);
  if (props.imageDirectory !== undefined) warnOfOtherPlatform(scope, job.platform);
  validateContainer(scope, props);
  validateAllowedOverrides(scope, props);
  validateVolumes(scope, props, plan.fargate);
  validateLinux(scope, props, plan.fargate);
  validateLogs(scope, props);
  validateResultSource(scope, props);
  validateConsumableResources(scope, props.consumableResources);
  validateTimes(scope, props);
  validateStateMachineName(scope, props.stateMachineName);
  validateNodes(scope, props.nodes, job.vcpus, plan, vpc);
  validateShare(scope, props, plan.fairShare);
  validateRange(scope, 'attempts', job.attempts, { least: 1, most: 10 });
  if (plan.fargate) validateFargateSize(scope, { ...props, ...job });
  validateVcpus(scope, job.vcpus, plan);
  validateGpus(scope, props.gpus, plan);
  warnOfNeuronDevices(scope, props, plan);
  validateMemory(scope, 'memory', job.memory, plan);
  validateFit(scope, 'memory', { ...props, ...job }, plan);
  if (props.maxMemory) {
    validateMemory(scope, 'maxMemory', props.maxMemory, plan);
    validateFit(scope, 'maxMemory', { ...props, vcpus, memory: props.maxMemory }, plan);
    const [least, most] = [job.memory, props.maxMemory].map((size) => size.isUnresolved() ? undefined : size.toMebibytes());
    if (isKnown(least) && isKnown(most) && most < least) {
      refuse(scope, 'maxMemory', `is ${most} MiB, but 'memory' is ${least} MiB; use more than ${least}, for example ${2 * least}, or leave it out`);
    }
  }
  return job;
}

function defaultMemory(scope: IConstruct, size: { vcpus: number; gpus?: number; maxMemory?: Size }, plan: ComputePlan): Size {
  if (size.maxMemory) validateMebibytes(scope, 'maxMemory', size.maxMemory, MEMORY);
  if (plan.fargate) return leastFargateMemory(scope, size.vcpus);
  const memory = memoryShare(size, plan) ?? Size.mebibytes(1024);
  const most = size.maxMemory;
  return most && !most.isUnresolved() && most.toMebibytes() < memory.toMebibytes() ? most : memory;
}

function validateComputeProps(scope: IConstruct, props: HeavyBatchJobProps): void {
  if (!props.compute) return;
  const [prop] = Object.keys(computeProps(props));
  if (prop) refuse(scope, prop, `is given together with 'compute'; set it on ${props.compute.node.path}, or leave 'compute' out`);
}

function validateTimes(scope: IConstruct, props: HeavyBatchJobProps): void {
  for (const prop of ['attemptTimeout', 'queueTimeout', 'startTimeout', 'runTimeout'] as const) {
    const time = props[prop];
    if (time && !time.isUnresolved()) {
      validateRange(scope, prop, time.toSeconds({ integral: false }), { least: 60, most: ONE_YEAR.toSeconds(), unit: 'seconds' });
    }
  }
}

/** The characters of https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html that the CDK accepts too. */
function validateStateMachineName(scope: IConstruct, name: string | undefined): void {
  if (name === undefined || Token.isUnresolved(name) || /^[A-Za-z0-9+!@.()=_'-]{1,80}$/.test(name)) return;
  refuse(scope, 'stateMachineName', `is ${JSON.stringify(name)}; use 1 to 80 letters, digits, hyphens and underscores`);
}
