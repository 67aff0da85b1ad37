import { AspectPriority, Aspects, CfnResource, IResolvable, Lazy, TagManager } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Keeps tags from a resource of Batch: CloudFormation replaces a compute environment, a queue, a scheduling policy or a job definition
 * for a changed tag, and what runs in a queue ends with it. None of them costs anything that a tag would allocate; what does is tagged by
 * other ways: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobqueue.html
 */
export function leaveUntagged(construct: IConstruct): void {
  (construct.node.defaultChild as CfnResource).addPropertyDeletionOverride('Tags');
}

/** What `Tags.of` says about a resource, known when the template is written; undefined when it says nothing. */
export function tagsOf(construct: IConstruct): IResolvable {
  return Lazy.any({
    produce: () => {
      const tags = valuesOf(construct.node.defaultChild!);
      return Object.keys(tags).length > 0 ? tags : undefined;
    },
  });
}

/** Does something when a resource has tags: as late as that is known, and before the template is written. */
export function whenTagged(construct: IConstruct, then: () => void): void {
  const resource = construct.node.defaultChild!;
  Aspects.of(construct).add({
    visit: (node) => {
      if (node === resource && Object.keys(valuesOf(resource)).length > 0) then();
    },
  }, { priority: AspectPriority.READONLY });
}

function valuesOf(resource: IConstruct): Record<string, string> {
  return TagManager.of(resource)?.tagValues() ?? {};
}
