import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import type { HeavyBatchJobProps } from './job-props';
import { isKnown, refuse, validateRange, warn } from '../common/validation';
import type { ComputePlan } from '../compute/compute-plan';
import { validateShareIdentifier } from '../compute/fair-share';
import { SCHEDULING_PRIORITY } from '../contract/limits';

/** https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html */
export function validateNodes(scope: IConstruct, nodes: number | undefined, vcpus: number, plan: ComputePlan, vpc?: ec2.IVpc): void {
  if (nodes === undefined) return;
  if (Token.isUnresolved(nodes)) refuse(scope, 'nodes', 'is a token, but the job definition needs its value at synth; use a number');
  validateRange(scope, 'nodes', nodes, { least: 2, most: 1_000 });
  if (plan.fargate) refuse(scope, 'nodes', `is ${nodes}, but 'fargate' is true, and Batch does not support multi-node jobs on Fargate; use instances`);
  if (plan.spot) refuse(scope, 'nodes', `is ${nodes}, but 'spot' is true, and Batch does not support multi-node jobs on Spot; set 'spot' to false`);
  if (isKnown(vcpus) && isKnown(plan.maxvCpus) && nodes * vcpus > plan.maxvCpus) {
    const fitting = Math.floor(plan.maxvCpus / vcpus);
    refuse(scope, 'nodes', `is ${nodes}, and so many nodes have ${nodes * vcpus} vCPUs, but 'maxvCpus' is ${plan.maxvCpus}; use ${fitting} or less, or a larger 'maxvCpus'`);
  }
  if (vpc?.privateSubnets.length === 0) {
    warn(scope, 'nodesWithoutInternet', `'nodes' is ${nodes}, but the subnets are public, where nodes can reach only each other and S3; ` +
      "use a 'vpc' with private subnets if they need more");
  }
}

export function validateShare(scope: IConstruct, props: HeavyBatchJobProps, fairShare: boolean): void {
  for (const prop of ['shareIdentifier', 'schedulingPriority'] as const) {
    if (props[prop] !== undefined && !fairShare) {
      refuse(scope, prop, `is ${props[prop]}, but the compute has no 'fairShare'; leave it out, or set 'fairShare' of the compute`);
    }
  }
  if (props.shareIdentifier !== undefined && !Token.isUnresolved(props.shareIdentifier)) validateShareIdentifier(scope, props.shareIdentifier);
  validateRange(scope, 'schedulingPriority', props.schedulingPriority, SCHEDULING_PRIORITY);
}
