import { createHash } from 'crypto';
import { NestedStack, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * A name for a construct that no other construct of the account and Region has: the names of its stack and of its path there, and a hash of
 * both. The hash is at the end, so no such name begins with another one and a hyphen.
 */
export function uniqueName(construct: IConstruct, maxLength: number): string {
  const stack = outermostStack(construct);
  const path = [stack.stackName, ...construct.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id)];
  const hash = createHash('sha256').update(JSON.stringify(path)).digest('hex').slice(0, 8);
  return `${path.join('-').replace(/[^A-Za-z0-9-]/g, '').slice(0, maxLength - hash.length - 1)}-${hash}`;
}

/** The stack that the app deploys. The name of a nested stack is known only at deployment. */
export function outermostStack(construct: IConstruct): Stack {
  const stack = Stack.of(construct);
  return NestedStack.isNestedStack(stack) ? outermostStack(stack.nestedStackParent!) : stack;
}
