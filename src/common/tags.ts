import { AspectPriority, Aspects, CfnResource, IResolvable, Lazy, Stack, TagManager } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { outermostStack } from './unique-name';
import { warn } from './validation';

/**
 * Keeps tags from a resource of AWS Batch. CloudFormation replaces a compute environment when its tags change, and until 2026 it also replaced
 * job queues, scheduling policies and job definitions; the replacement of a queue ends the jobs in it. These resources cost nothing, so cost
 * allocation does not need their tags. Instances, jobs and tasks get their tags in other ways.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobqueue.html
 */
export function leaveUntagged(construct: IConstruct): void {
  (construct.node.defaultChild as CfnResource).addPropertyDeletionOverride('Tags');
}

/** The stacks that were warned of their tags. */
const WARNED = new WeakSet<Stack>();

/**
 * Warns of the tags of a stack, once for each stack. CloudFormation puts them on its compute environments too, although the template leaves
 * them out, and replaces an environment when one of them changes. Other resources of AWS Batch change in place (schemas of October 2026).
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2270
 */
export function warnOfStackTags(compute: IConstruct): void {
  beforeTemplate(compute, () => {
    const stack = outermostStack(compute); // hands its tags to its nested stacks
    const names = Object.keys(stack.tags.tagValues());
    if (names.length === 0 || WARNED.has(stack)) return;
    WARNED.add(stack);
    // Not on the stack itself: the CDK finds no acknowledgement of a later warning on the same construct.
    warn(compute, 'stackTags', `the stack has the tags ${names.join(', ')}, which CloudFormation puts on compute environments too, and it replaces an environment, with the jobs that run in it, ` +
      "when one of them changes; use Tags.of(app).add(key, value, { excludeResourceTypes: ['aws:cdk:stack'] }), which tags everything but the stack, " +
      `or the feature flag '@aws-cdk/core:explicitStackTags', or acknowledge this warning for ${stack.node.path} if they never change`);
  });
}

/** The tags that `Tags.of` gave to a resource, as a token: they are known only when the template is written. Undefined without any tag. */
export function tagsOf(construct: IConstruct): IResolvable {
  return Lazy.any({
    produce: () => {
      const tags = valuesOf(construct.node.defaultChild!);
      return Object.keys(tags).length > 0 ? tags : undefined;
    },
  });
}

/** Calls a function if a resource has tags. */
export function whenTagged(construct: IConstruct, action: () => void): void {
  const resource = construct.node.defaultChild!;
  beforeTemplate(resource, () => {
    if (Object.keys(valuesOf(resource)).length > 0) action();
  });
}

/** Calls a function after all tags are added, and before the template is written. */
function beforeTemplate(construct: IConstruct, action: () => void): void {
  Aspects.of(construct).add({
    visit: (node) => {
      if (node === construct) action();
    },
  }, { priority: AspectPriority.READONLY });
}

function valuesOf(resource: IConstruct): Record<string, string> {
  return TagManager.of(resource)?.tagValues() ?? {};
}
