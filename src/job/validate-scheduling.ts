import { Annotations, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { HeavyBatchJobProps } from './job-props';
import { checkRange, known, refuse } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';
import { checkShareIdentifier } from '../compute/fair-share';

/** https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html */
export function checkNodes(scope: IConstruct, nodes: number | undefined, vcpus: number, compute: IHeavyBatchCompute): void {
  if (nodes === undefined) return;
  if (Token.isUnresolved(nodes)) refuse(scope, 'nodes', 'is a token, but the job definition needs it at synth; use a number');
  checkRange(scope, 'nodes', nodes, { least: 2, most: 1_000 });
  if (compute.fargate) refuse(scope, 'nodes', `is ${nodes}, but 'fargate' is true, which Batch does not take for multi-node jobs; use instances`);
  if (compute.spot) refuse(scope, 'nodes', `is ${nodes}, but 'spot' is true, which Batch does not take for multi-node jobs; set 'spot' to false`);
  if (known(vcpus) && known(compute.maxvCpus) && nodes * vcpus > compute.maxvCpus) {
    const fit = Math.floor(compute.maxvCpus / vcpus);
    refuse(scope, 'nodes', `is ${nodes}, which have ${nodes * vcpus} vCPUs, more than 'maxvCpus', ${compute.maxvCpus}; use ${fit} or less, or a larger 'maxvCpus'`);
  }
  if (compute.vpc?.privateSubnets.length === 0) {
    Annotations.of(scope).addWarningV2('cdk-heavy-batch:nodesWithoutInternet',
      `'nodes' is ${nodes}, and the subnets are public: the nodes reach each other and S3, but nothing else; give a 'vpc' with private subnets where they need more`);
  }
}

export function checkShare(scope: IConstruct, props: HeavyBatchJobProps, compute: IHeavyBatchCompute): void {
  for (const prop of ['shareIdentifier', 'schedulingPriority'] as const) {
    if (props[prop] !== undefined && !compute.fairShare) {
      refuse(scope, prop, `is ${props[prop]}, but the compute has no 'fairShare'; leave it out, or give the compute 'fairShare'`);
    }
  }
  if (props.shareIdentifier !== undefined && !Token.isUnresolved(props.shareIdentifier)) checkShareIdentifier(scope, props.shareIdentifier);
  checkRange(scope, 'schedulingPriority', props.schedulingPriority, { least: 0, most: 9_999 });
}
