import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkRange, known, refuse } from '../common/validation';
import { checkShareIdentifier } from '../compute/fair-share';
import type { HeavyBatchJob } from '../heavy-batch-job';
import type { HeavyBatchRunManyProps } from '../heavy-batch-map';

/** What one map run may have at once without being throttled much: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MANY = 1_000;
const UNKNOWN = 100;

export function checkRunMany(scope: IConstruct, props: HeavyBatchRunManyProps): void {
  checkRange(scope, 'maxConcurrency', props.maxConcurrency, { least: 1, most: 10_000 });
  checkRange(scope, 'toleratedFailurePercentage', props.toleratedFailurePercentage, { least: 0, most: 100, unit: '%', whole: false });
  if (props.timeout && !props.timeout.isUnresolved()) {
    checkRange(scope, 'timeout', props.timeout.toSeconds(), { least: 60, most: 365 * 86_400, unit: 'seconds' });
  }
  if (props.shareIdentifier !== undefined) {
    if (!props.job.compute.fairShare) {
      refuse(scope, 'shareIdentifier', `is ${props.shareIdentifier}, but the job's compute has no 'fairShare'; leave it out, or give the compute 'fairShare'`);
    }
    if (!Token.isUnresolved(props.shareIdentifier)) checkShareIdentifier(scope, props.shareIdentifier);
  }
}

/** As many runs as have place at once. */
export function placesFor({ compute, vcpus, nodes }: HeavyBatchJob): number {
  if (!known(compute.maxvCpus) || !known(vcpus)) return UNKNOWN;
  return Math.min(Math.max(Math.floor(compute.maxvCpus / (vcpus * nodes)), 1), MANY);
}
