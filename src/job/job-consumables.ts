import { Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { IConstruct } from 'constructs';
import type { HeavyBatchConsumableResource } from './consumable-resource';
import { refuse, validateRange } from '../common/validation';
import type { ComputePlan } from '../compute/compute-plan';

/** AWS Batch accepts a name, too, but the schema of CloudFormation does not: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-batch-jobdefinition-consumableresourcerequirement.html */
const ARN = /^arn:[\w-]+:batch:[\w-]+:\d{12}:consumable-resource\/.+$/;

interface ConsumableResourceProps {
  readonly consumableResources?: HeavyBatchConsumableResource[];
  readonly nodes?: number;
}

export function validateConsumableResources(scope: IConstruct, resources: HeavyBatchConsumableResource[] = []): void {
  resources.forEach(({ consumableResource, quantity }, index) => {
    if (!Token.isUnresolved(consumableResource) && !ARN.test(consumableResource)) {
      refuse(scope, `consumableResources[${index}].consumableResource`, `is '${consumableResource}', but CloudFormation accepts only an ARN; use that of a consumable resource, such as the attrConsumableResourceArn of a CfnConsumableResource`);
    }
    validateRange(scope, `consumableResources[${index}].quantity`, quantity, { least: 1, most: Number.MAX_SAFE_INTEGER });
  });
}

/** Lets AWS Batch start a job only when its consumable resources are available. */
export function addConsumableResources(definition: batch.IJobDefinition, props: ConsumableResourceProps, plan: ComputePlan): void {
  const { consumableResources = [], nodes } = props;
  if (consumableResources.length === 0) return;
  (definition.node.defaultChild as batch.CfnJobDefinition).addPropertyOverride(
    nodes === undefined ? 'ConsumableResourceProperties' : 'NodeProperties.NodeRangeProperties.0.ConsumableResourceProperties',
    { ConsumableResourceList: consumableResources.map(({ consumableResource, quantity }) => ({ ConsumableResource: consumableResource, Quantity: quantity })) },
  );
  plan.allowConsumableResources();
}
