import { decide } from './policy';
import type { DeployedRole, Deployment } from '../../assembly/deployment';
import type { Authorization } from '../../service';

/** An action that is taken away from a role, whatever its policies allow. */
export interface RevokedAction {
  readonly roleArn: string;
  readonly action: string;
}

/** IAM: what the roles of the app may do, by the policies in the templates. */
export class Iam {
  private readonly roles: Map<string, DeployedRole>;

  constructor(deployment: Deployment, private readonly revoked?: readonly RevokedAction[]) {
    this.roles = new Map(deployment.roles.map((role) => [role.arn, role]));
  }

  /** The message with which a service refuses an action; undefined when the action is allowed. Without a role, it is the user of the emulator, who may do anything. */
  refusal(roleArn: string | undefined, { action, resource, context = {} }: Authorization): string | undefined {
    if (roleArn === undefined) return undefined;
    const role = this.roles.get(roleArn);
    if (!role) return `User: ${roleArn} does not exist`;
    const isRevoked = this.revoked?.some((revoked) => revoked.roleArn === roleArn && revoked.action === action);
    const decision = isRevoked ? undefined : decide(role.policies, { action, resource, context });
    if (decision === 'allowed') return undefined;
    const because = decision === 'denied' ? 'with an explicit deny in an identity-based policy' : `because no identity-based policy allows the ${action} action`;
    return `User: ${sessionArnOf(role.arn)} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  }

  /** All actions that policies allow to the roles. */
  grants(): { role: DeployedRole; action: string }[] {
    return [...this.roles.values()].flatMap((role) => {
      const allowed = role.policies.flatMap((policy) => [policy.Statement].flat()).filter((statement) => statement.Effect === 'Allow');
      return [...new Set(allowed.flatMap((statement) => [statement.Action ?? []].flat()))].map((action) => ({ role, action }));
    });
  }
}

/** Who a program is that has taken a role. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
export function sessionArnOf(roleArn: string): string {
  return `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/local`;
}
