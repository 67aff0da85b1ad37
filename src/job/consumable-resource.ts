import * as batch from 'aws-cdk-lib/aws-batch';
import { IConstruct } from 'constructs';
import { refuse, validateRange } from '../common/validation';
import type { ComputePlan } from '../compute/compute-plan';

/**
 * Something that only so many jobs can use at once, such as the licences of a program or the connections of a database.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling.html
 */
export interface HeavyBatchConsumableResource {
  /**
   * The name or the ARN of the consumable resource of AWS Batch, which is in the account and Region of the job. You create it yourself, with
   * `batch.CfnConsumableResource`.
   */
  readonly consumableResource: string;

  /**
   * How much of it each job takes, a whole number, 1 or more. Each child of an array job takes as much.
   */
  readonly quantity: number;
}

export interface ConsumableResourceProps {
  readonly consumableResources?: HeavyBatchConsumableResource[];
  readonly nodes?: number;
}

/** Lets AWS Batch start a job only when its consumable resources are available. */
export function addConsumableResources(scope: IConstruct, definition: batch.IJobDefinition, props: ConsumableResourceProps, plan: ComputePlan): void {
  const { consumableResources = [], nodes } = props;
  if (consumableResources.length === 0) return;
  consumableResources.forEach(({ consumableResource, quantity }, index) => {
    if (!consumableResource) refuse(scope, `consumableResources[${index}].consumableResource`, 'is empty; use the name or the ARN of a consumable resource');
    validateRange(scope, `consumableResources[${index}].quantity`, quantity, { least: 1, most: Number.MAX_SAFE_INTEGER });
  });
  (definition.node.defaultChild as batch.CfnJobDefinition).addPropertyOverride(
    nodes === undefined ? 'ConsumableResourceProperties' : 'NodeProperties.NodeRangeProperties.0.ConsumableResourceProperties',
    { ConsumableResourceList: consumableResources.map(({ consumableResource, quantity }) => ({ ConsumableResource: consumableResource, Quantity: quantity })) },
  );
  plan.allowConsumableResources();
}
