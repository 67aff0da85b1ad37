import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { atEndOf, refuse } from './validation';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;

/** CloudFormation's words are `Template may not exceed 1000000 bytes in size`: https://github.com/aws-samples/sample-autonomous-cloud-coding-agents/issues/830 */
const MOST_BYTES = 1_000_000;

const REMEDY = "create some of the jobs in other stacks with the same 'compute'";
const checked = new WeakSet<Stack>();

/** Refuses a stack with so many jobs that CloudFormation would refuse it, and says how to divide it. */
export function limitStackOf(scope: IConstruct): void {
  const stack = Stack.of(scope);
  if (checked.has(stack)) return;
  checked.add(stack);
  atEndOf(stack, () => {
    const count = stack.node.findAll().filter((construct) => CfnResource.isCfnResource(construct) && construct.stack === stack).length;
    const most = mostResources(stack);
    if (most > 0 && count > most) refuse(scope, 'compute', `serves jobs in a stack of ${count} resources, but CloudFormation accepts ${most}; ${REMEDY}`);
    limitBytes(scope, stack);
  });
}

function limitBytes(scope: IConstruct, stack: Stack): void {
  const { _suppressTemplateIndentation: isCompact } = stack as unknown as { _suppressTemplateIndentation: boolean };
  const template = stack.resolve((stack as unknown as { _toCloudFormation(): object })._toCloudFormation());
  const bytesOf = (indentation?: number) => Buffer.byteLength(JSON.stringify(template, undefined, indentation));
  const bytes = bytesOf(isCompact ? undefined : 1);
  if (bytes <= MOST_BYTES) return;
  const compact = isCompact ? '' : `, or set 'suppressTemplateIndentation' of the stack, which leaves ${bytesOf()} bytes`;
  refuse(scope, 'compute', `serves jobs in a stack whose template has ${bytes} bytes, but CloudFormation accepts ${MOST_BYTES}; ${REMEDY}${compact}`);
}

/** As the CDK reads it: 0 turns its own check off. */
function mostResources(stack: Stack): number {
  return stack.node.tryGetContext('@aws-cdk/core:stackResourceLimit') ?? MOST_RESOURCES;
}
