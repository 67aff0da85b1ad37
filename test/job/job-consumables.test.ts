import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import { HeavyBatchCompute, HeavyBatchConsumableResource, HeavyBatchJob } from '../../src';
import { IMAGE, newJob, newStack, templateOf } from '../stacks';

const definition = (template: Template) => Object.values(template.findResources('AWS::Batch::JobDefinition'))[0].Properties;
const ARN = 'arn:aws:batch:us-east-1:123456789012:consumable-resource/seats';
const SEATS = [{ consumableResource: ARN, quantity: 2 }];
const LIST = { ConsumableResourceList: [{ ConsumableResource: ARN, Quantity: 2 }] };
const permissions = (template: Template) => Object.values(template.findResources('AWS::IAM::Policy'))
  .flatMap((policy) => policy.Properties.PolicyDocument.Statement).filter((statement) => JSON.stringify(statement).includes('consumable-resource'));

describe('consumable resources', () => {
  test('are in the job definition', () => {
    expect(definition(templateOf({ consumableResources: SEATS })).ConsumableResourceProperties).toEqual(LIST);
    expect(definition(templateOf({ fargate: true, consumableResources: SEATS })).ConsumableResourceProperties).toEqual(LIST);
  });

  test('are in the range of nodes of a multi-node job', () => {
    const { NodeProperties, ConsumableResourceProperties } = definition(templateOf({ nodes: 2, consumableResources: SEATS }));
    expect(NodeProperties.NodeRangeProperties).toEqual([expect.objectContaining({ ConsumableResourceProperties: LIST, TargetNodes: '0:1' })]);
    expect(ConsumableResourceProperties).toBeUndefined();
  });

  test('may be tokens', () => {
    const stack = newStack();
    const licences = new batch.CfnConsumableResource(stack, 'Licences', { resourceType: 'REPLENISHABLE', totalQuantity: 5 });
    const quantity = new CfnParameter(stack, 'Quantity', { type: 'Number' }).valueAsNumber;
    newJob({ consumableResources: [{ consumableResource: licences.ref, quantity }] }, stack);
    expect(definition(Template.fromStack(stack)).ConsumableResourceProperties)
      .toEqual({ ConsumableResourceList: [{ ConsumableResource: { Ref: 'Licences' }, Quantity: { Ref: 'Quantity' } }] });
  });

  test('are among what the submit function may submit with, once for all jobs of a compute', () => {
    const app = new App();
    const [shared, jobs] = ['Shared', 'Jobs'].map((id) => new Stack(app, id));
    const compute = new HeavyBatchCompute(shared, 'Compute');
    for (const id of ['One', 'Two']) new HeavyBatchJob(jobs, id, { compute, imageDirectory: IMAGE, consumableResources: SEATS });
    const resources = ['arn:', { Ref: 'AWS::Partition' }, ':batch:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':consumable-resource/*'];
    expect(permissions(Template.fromStack(shared))).toEqual([{ Action: 'batch:SubmitJob', Effect: 'Allow', Resource: { 'Fn::Join': ['', resources] } }]);
  });

  test('are neither in the template nor in a policy without the prop', () => {
    for (const template of [templateOf(), templateOf({ consumableResources: [] })]) {
      expect(definition(template)).not.toHaveProperty('ConsumableResourceProperties');
      expect(permissions(template)).toEqual([]);
    }
  });

  test.each<[HeavyBatchConsumableResource, string]>([
    [{ consumableResource: 'seats', quantity: 1 }, "'consumableResources[0].consumableResource' is 'seats', but CloudFormation accepts only an ARN; use that of a consumable resource, such as the attrConsumableResourceArn of a CfnConsumableResource (at Stack/Job)"],
    [{ consumableResource: ARN, quantity: 0 }, "'consumableResources[0].quantity' is 0; use 1 to 9007199254740991 (at Stack/Job)"],
    [{ consumableResource: ARN, quantity: 0.5 }, "'consumableResources[0].quantity' is 0.5; use a whole number from 1 to 9007199254740991 (at Stack/Job)"],
  ])('%j are refused', (resource, message) => {
    expect(() => newJob({ consumableResources: [resource] })).toThrow(message);
  });
});
