import { Duration, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { Construct, IConstruct } from 'constructs';
import type { HeavyBatchFairShareOptions } from './compute-props';
import { leaveUntagged } from '../common/tags';
import { refuse, validateRange } from '../common/validation';
import { isShareIdentifier } from '../contract/limits';

/** The share of a run when neither its input nor its job names one. A job queue with a fair-share policy accepts no job without a share. */
export const DEFAULT_SHARE = 'default';

export function fairSharePolicy(scope: Construct, id: string, fairShare: HeavyBatchFairShareOptions): batch.FairshareSchedulingPolicy {
  const { weights = {}, shareDecay, computeReservation } = fairShare;
  validateWeights(scope, weights);
  validateRange(scope, 'fairShare.computeReservation', computeReservation, { least: 0, most: 99, unit: '%' });
  if (shareDecay && !shareDecay.isUnresolved()) {
    validateRange(scope, 'fairShare.shareDecay', shareDecay.toSeconds({ integral: false }), { least: 0, most: Duration.days(7).toSeconds(), unit: 'seconds' });
  }
  const policy = new batch.FairshareSchedulingPolicy(scope, id, {
    shares: Object.entries(weights).map(([shareIdentifier, weightFactor]) => ({ shareIdentifier, weightFactor })),
    shareDecay,
    computeReservation,
  });
  leaveUntagged(policy);
  return policy;
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html */
function validateWeights(scope: IConstruct, weights: Record<string, number>): void {
  const identifiers = Object.keys(weights);
  for (const identifier of identifiers) {
    if (identifier !== '*' && !Token.isUnresolved(identifier) && !isShareIdentifier(identifier.replace(/\*$/, ''))) {
      refuse(scope, 'fairShare.weights', `has '${identifier}'; use up to 255 letters and digits, and a * at the end for all shares that begin with them`);
    }
    validateRange(scope, `fairShare.weights.${identifier}`, weights[identifier], { least: 0.0001, most: 999.9999, whole: false });
    const other = identifiers.find((name) => name !== identifier && identifier.endsWith('*') && name.startsWith(identifier.slice(0, -1)));
    if (other !== undefined) refuse(scope, 'fairShare.weights', `has '${other}', but '${identifier}' stands for the same share; leave one of them out`);
  }
}

export function validateShareIdentifier(scope: IConstruct, shareIdentifier: string): void {
  if (!isShareIdentifier(shareIdentifier)) refuse(scope, 'shareIdentifier', `is '${shareIdentifier}'; use 1 to 255 letters and digits`);
}
