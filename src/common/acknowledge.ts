import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { ownPermissions } from './own-permissions';
import { OWN_POLICY, REGULATED_BY_TYPE } from './regulated-findings';
import { atEndOf } from './validation';

/**
 * The value of `Validations.ACKNOWLEDGED_RULES_METADATA_KEY` in aws-cdk-lib 2.257 and later. cdk-nag reads acknowledgements from the
 * metadata with this key. An older aws-cdk-lib ignores them. They are never part of a template.
 */
const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';

/** Findings of cdk-nag's AwsSolutions pack for a type of resource, each with the reason to accept it. */
const BY_TYPE: Record<string, Record<string, string>> = {
  'AWS::DynamoDB::Table': {
    'AwsSolutions-DDB3': 'what the table has of a run is read again from Step Functions, and expires; with a regulated compute the table can be restored',
  },
  'AWS::EC2::VPC': {
    'AwsSolutions-VPC7': 'flow logs would cost money for traffic that has no inbound connections; give a `vpc` of your own to have them',
  },
  'AWS::S3::Bucket': {
    'AwsSolutions-S1': 'access logs would need another bucket; give a `payloadBucket` of your own to have them',
  },
  'AWS::StepFunctions::StateMachine': {
    'AwsSolutions-SF1': 'Step Functions keeps the history of an execution for 90 days; a copy in CloudWatch Logs would cost money for each run and contain its input',
    'AwsSolutions-SF2': 'X-Ray traces cost money for each run; the prop `tracing` turns them on',
  },
};

/**
 * Acknowledges the findings of cdk-nag in a construct of this library, one by one and each with a reason. A user who runs cdk-nag then
 * sees only findings in resources of their own, and those of permissions that they added.
 *
 * @param byType findings for which this construct has reasons of its own
 */
export function acknowledge(scope: Construct, byType: Record<string, Record<string, string>> = {}): void {
  // Policies grow until the end, and only then are cross-stack references exports.
  atEndOf(scope, () => {
    for (const resource of scope.node.findAll().filter(CfnResource.isCfnResource)) {
      const type = resource.cfnResourceType;
      acknowledgeFindings(resource, { ...BY_TYPE[type], ...REGULATED_BY_TYPE[type], ...byType[type], ...inlineFindings(resource, 'some'), ...wildcardFindings(resource) });
    }
  });
}

/** Acknowledges the permissions that a job adds to a role of the user, and nothing else of this role. */
export function acknowledgeGiven(job: Construct, role: IConstruct): void {
  atEndOf(job, () => {
    for (const policy of role.node.findAll().filter((construct) => construct instanceof iam.CfnPolicy)) {
      acknowledgeFindings(policy, { ...inlineFindings(policy, 'every'), ...wildcardFindings(policy) });
    }
  });
}

/** Acknowledges findings of a resource, each with the reason to accept it. */
export function acknowledgeFindings(resource: IConstruct, findings: Record<string, string>): void {
  const rules = Object.fromEntries(Object.entries(findings).map(([id, reason]) => [`Annotation::${id}`, reason]));
  if (Object.keys(rules).length > 0) resource.node.addMetadata(ACKNOWLEDGED, rules);
}

/**
 * The findings about wildcards of which this library made all. cdk-nag has one finding for a resource, whatever the number of statements is: where one of
 * them is the user's, the finding is left to the user.
 */
function wildcardFindings(resource: CfnResource): Record<string, string> {
  const own = reasonsOf(resource);
  const reasons = new Map<string, Set<string | undefined>>();
  for (const permission of statementsIn(resource).flatMap((statement) => permissionsIn(resource, statement))) {
    const { arn } = permission;
    if (arn.includes('*')) reasons.set(arn, (reasons.get(arn) ?? new Set()).add(own.get(JSON.stringify(permission))));
  }
  return Object.fromEntries([...reasons].filter(([, why]) => !why.has(undefined)).map(([arn, why]) => [`AwsSolutions-IAM5[Resource::${arn}]`, [...why].join('; ')]));
}

/** The findings about a policy that is a part of its role: where this library made some of it, or all of it on a role of the user. */
function inlineFindings(resource: CfnResource, how: 'some' | 'every'): Record<string, string> {
  if (!(resource instanceof iam.CfnPolicy)) return {};
  const own = reasonsOf(resource);
  const permissions = statementsIn(resource).flatMap((statement) => permissionsIn(resource, statement));
  return permissions[how]((permission) => own.has(JSON.stringify(permission))) ? OWN_POLICY : {};
}

/** The permissions of this library, as JSON, each with its reason. */
function reasonsOf(resource: CfnResource): Map<string, string> {
  return new Map(ownPermissions(resource).flatMap(({ statement, reason }) => (
    permissionsIn(resource, statement.toStatementJson()).map((permission): [string, string] => [JSON.stringify(permission), reason]))));
}

/** One action on one resource. */
interface Permission {
  readonly action: string;
  /** As cdk-nag writes it. */
  readonly arn: string;
  readonly condition: unknown;
}

function permissionsIn(resource: CfnResource, statement: unknown): Permission[] {
  const { Effect, Action, NotAction, Resource = [], Condition: condition } = Stack.of(resource).resolve(statement);
  if (Effect === 'Deny') return []; // takes permissions away
  const actions: string[] = Action ? [Action].flat() : [NotAction].flat().map((action) => `not ${action}`);
  return [Resource].flat().map(findingText).flatMap((arn) => actions.map((action) => ({ action, arn, condition })));
}

/** The statements of all policies of a resource. */
function statementsIn(resource: CfnResource): unknown[] {
  const stack = Stack.of(resource);
  const documents = resource instanceof iam.CfnPolicy
    ? [resource.policyDocument]
    : resource instanceof iam.CfnRole ? (stack.resolve(resource.policies) ?? []).map((policy: any) => policy.policyDocument ?? policy.PolicyDocument) : [];
  return documents.flatMap((document: unknown) => stack.resolve(document)?.Statement ?? []);
}

/** A resolved value as cdk-nag writes it into the id of a finding: https://github.com/cdklabs/cdk-nag#acknowledging-a-rule */
function findingText(value: any): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  if (value['Fn::Join']) return value['Fn::Join'][1].map(findingText).join(value['Fn::Join'][0]);
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'].map(findingText).join('.')}>`;
  if (value['Fn::ImportValue']) return findingText(value['Fn::ImportValue']);
  return value.Ref ? `<${value.Ref}>` : JSON.stringify(value);
}
