import { decide } from './policy';
import type { DeployedRole, Deployment } from '../../assembly/deployment';
import type { Authorization } from '../../service';

export interface Revoked {
  readonly roleArn: string;
  readonly action: string;
}

/** Who may do what, by the policies in the templates. */
export class Iam {
  private readonly roles: Map<string, DeployedRole>;

  constructor(deployment: Deployment, private readonly revoked: readonly Revoked[] = []) {
    this.roles = new Map(deployment.roles.map((role) => [role.arn, role]));
  }

  /** What the service answers to who may not; undefined for who may. Somebody without a role is the person at the laptop. */
  refusal(roleArn: string | undefined, { action, resource, context = {} }: Authorization): string | undefined {
    if (roleArn === undefined) return undefined;
    const role = this.roles.get(roleArn);
    if (!role) return `User: ${roleArn} does not exist`;
    const decision = this.revoked.some((one) => one.roleArn === roleArn && one.action === action)
      ? 'not allowed'
      : decide(role.policies, { action, resource, context });
    if (decision === 'allowed') return undefined;
    const user = `${role.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/local`;
    const because = decision === 'denied' ? 'with an explicit deny in an identity-based policy' : `because no identity-based policy allows the ${action} action`;
    return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  }

  /** Every action that a role's policies allow. */
  grants(): { role: DeployedRole; action: string }[] {
    return [...this.roles.values()].flatMap((role) => {
      const allowed = role.policies.flatMap((policy) => [policy.Statement].flat()).filter((statement) => statement.Effect === 'Allow');
      return [...new Set(allowed.flatMap((statement) => [statement.Action ?? []].flat()))].map((action) => ({ role, action }));
    });
  }
}
