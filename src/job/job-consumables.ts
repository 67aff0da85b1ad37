import * as batch from 'aws-cdk-lib/aws-batch';
import { IConstruct } from 'constructs';
import type { HeavyBatchConsumableResource } from './consumable-resource';
import { refuse, validateRange } from '../common/validation';
import type { ComputePlan } from '../compute/compute-plan';

interface ConsumableResourceProps {
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
