import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';

/** A permission that this library gives, with the reason why its resource has a wildcard. */
export interface OwnPermission {
  readonly statement: iam.PolicyStatement;
  readonly reason: string;
}

const OWN = new WeakMap<IConstruct, OwnPermission[]>();

/**
 * Remembers that this library adds a statement to a role or a policy, and returns the statement. What is not remembered was added by the user, and its
 * findings are left to the user.
 *
 * @param holder the role or the policy
 * @param reason why the resource has a wildcard
 */
export function ownStatement(holder: IConstruct, statement: iam.PolicyStatement, reason: string): iam.PolicyStatement {
  OWN.set(holder, [...OWN.get(holder) ?? [], { statement, reason }]);
  return statement;
}

/** Remembers that a construct of the CDK adds a permission to a role because this library asked for it. */
export function ownGrant(holder: IConstruct, actions: string[], resource: string, reason: string): void {
  ownStatement(holder, new iam.PolicyStatement({ actions, resources: [resource] }), reason);
}

/** The permissions that this library gave to the role or the policy of a resource. */
export function ownPermissions(resource: IConstruct): OwnPermission[] {
  return resource.node.scopes.flatMap((scope) => OWN.get(scope) ?? []);
}
