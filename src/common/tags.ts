import { AspectPriority, Aspects, CfnResource, IResolvable, Lazy, TagManager } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Keeps tags from a resource of AWS Batch. CloudFormation replaces a compute environment, a job queue, a scheduling policy or a job
 * definition when its tags change, and the replacement of a queue ends the jobs in it. These resources cost nothing, so cost allocation
 * does not need their tags. Instances, jobs and tasks get their tags in other ways.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobqueue.html
 */
export function leaveUntagged(construct: IConstruct): void {
  (construct.node.defaultChild as CfnResource).addPropertyDeletionOverride('Tags');
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

/** Calls a function if a resource has tags. The call comes after all tags are added, and before the template is written. */
export function whenTagged(construct: IConstruct, action: () => void): void {
  const resource = construct.node.defaultChild!;
  Aspects.of(construct).add({
    visit: (node) => {
      if (node === resource && Object.keys(valuesOf(resource)).length > 0) action();
    },
  }, { priority: AspectPriority.READONLY });
}

function valuesOf(resource: IConstruct): Record<string, string> {
  return TagManager.of(resource)?.tagValues() ?? {};
}
