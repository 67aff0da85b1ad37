import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { Construct, IConstruct } from 'constructs';
import type { HeavyBatchFairShare } from './fair-share-options';
import { leaveUntagged } from '../common/tags';
import { checkRange, refuse } from '../common/validation';

/** The share of a run when neither its input nor its job names one: a queue with a policy takes no job without. */
export const DEFAULT_SHARE = 'default';

export function fairSharePolicy(scope: Construct, id: string, fairShare: HeavyBatchFairShare): batch.FairshareSchedulingPolicy {
  const { weights = {}, shareDecay, computeReservation } = fairShare;
  checkWeights(scope, weights);
  checkRange(scope, 'fairShare.computeReservation', computeReservation, { least: 0, most: 99, unit: '%' });
  if (shareDecay && !shareDecay.isUnresolved()) {
    checkRange(scope, 'fairShare.shareDecay', shareDecay.toSeconds({ integral: false }), { least: 0, most: Duration.days(7).toSeconds(), unit: 'seconds' });
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
function checkWeights(scope: IConstruct, weights: Record<string, number>): void {
  const identifiers = Object.keys(weights);
  for (const identifier of identifiers) {
    if (!/^[A-Za-z0-9]{0,255}\*?$/.test(identifier) || identifier === '') {
      refuse(scope, 'fairShare.weights', `has '${identifier}'; use up to 255 letters and digits, with a * at the end for all that begin so`);
    }
    checkRange(scope, `fairShare.weights.${identifier}`, weights[identifier], { least: 0.0001, most: 999.9999, whole: false });
    const twin = identifiers.find((other) => other !== identifier && identifier.endsWith('*') && other.startsWith(identifier.slice(0, -1)));
    if (twin !== undefined) refuse(scope, 'fairShare.weights', `has '${twin}' beside '${identifier}', which stands for it too; leave one of them out`);
  }
}

export function checkShareIdentifier(scope: IConstruct, shareIdentifier: string): void {
  if (!/^[A-Za-z0-9]{1,255}$/.test(shareIdentifier)) refuse(scope, 'shareIdentifier', `is '${shareIdentifier}'; use 1 to 255 letters and digits`);
}
