import { diffTemplate, ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { Template } from './batch';

/**
 * What CloudFormation does to the resources of a stack, as `cdk diff` reports it. Its library reads which properties CloudFormation cannot
 * change from the schemas of the resource types: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
 */

export const IN_PLACE = 'changed in place';
export const REPLACED = 'replaced';
export const ADDED = 'added';
export const REMOVED = 'removed';
export const LEFT_BEHIND = 'left behind';

const NETWORK = /^AWS::EC2::(VPC|Subnet|Route|InternetGateway)/;

/** What happens to the resources that change, by type. */
export function effects(before: Template, after: Template): Record<string, string> {
  const effectsByType: Record<string, Set<string>> = {};
  diffTemplate(before, after).resources.forEachDifference((_, difference) => {
    const type = (difference.newResourceType ?? difference.oldResourceType)!;
    const kind = NETWORK.test(type) ? 'network' : type.split('::').slice(2).join('::') || type; // a custom resource has no service
    (effectsByType[kind] ??= new Set()).add(effectOf(difference));
  });
  return Object.fromEntries(Object.entries(effectsByType).map(([kind, found]) => [kind, [...found].sort().join(' and ')]));
}

function effectOf(difference: ResourceDifference): string {
  switch (difference.changeImpact) {
    case ResourceImpact.WILL_UPDATE: return IN_PLACE;
    case ResourceImpact.WILL_CREATE: return ADDED;
    case ResourceImpact.WILL_DESTROY: return REMOVED;
    case ResourceImpact.WILL_ORPHAN: return LEFT_BEHIND;
    case ResourceImpact.WILL_REPLACE: return REPLACED;
    case ResourceImpact.MAY_REPLACE: return mayReplace(difference);
    default: return 'unchanged';
  }
}

/**
 * A compute environment whose property `ReplaceComputeEnvironment` is false is changed in place:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html
 */
function mayReplace({ resourceType, oldProperties, newProperties }: ResourceDifference): string {
  const inPlace = [oldProperties, newProperties].every((properties) => properties?.ReplaceComputeEnvironment === false);
  return resourceType === 'AWS::Batch::ComputeEnvironment' && inPlace ? IN_PLACE : `may be ${REPLACED}`;
}

/** The names of replaced resources that do not change. CloudFormation creates the new resource first, so the name would be taken. */
export function clashes(before: Template, after: Template): string[] {
  const names: string[] = [];
  diffTemplate(before, after).resources.forEachDifference((_, difference) => {
    if (!effectOf(difference).includes(REPLACED)) return;
    const { oldProperties = {}, newProperties = {} } = difference;
    const last = difference.newResourceType!.split('::').at(-1)!;
    const name = [`${last}Name`, 'Name', 'GroupName', 'RoleName', 'FunctionName'].find((prop) => typeof newProperties[prop] === 'string');
    if (name && newProperties[name] === oldProperties[name]) names.push(newProperties[name]);
  });
  return names;
}
