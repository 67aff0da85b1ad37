import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { atEndOf } from './validation';
import { PAYLOADS, RESULTS } from '../contract/object-store';

/**
 * The value of `Validations.ACKNOWLEDGED_RULES_METADATA_KEY` in aws-cdk-lib 2.257 and later. cdk-nag reads acknowledgements from the
 * metadata with this key. An older aws-cdk-lib ignores them. They are never part of a template.
 */
const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';

/** Findings of cdk-nag's AwsSolutions pack for a type of resource, each with the reason to accept it. */
const BY_TYPE: Record<string, Record<string, string>> = {
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

const SEND_TASK = 'all state machines, since each job of a compute has its own; a caller needs the task token';

const NO_RESOURCE_OF_X_RAY = 'X-Ray supports no resource for this action';
const BATCH_CLUSTERS = 'all clusters of AWS Batch in the account and Region: it generates their names';
const BATCH_INSTANCES = 'all instances in clusters of AWS Batch: ECS generates their ids';

/** Why the resource of a statement contains a wildcard, by the action of the statement. */
const WILDCARDS: Record<string, string> = {
  'batch:DescribeJobs': 'AWS Batch supports no resource for this action',
  'batch:ListJobs': 'AWS Batch supports no resource for this action',
  'batch:TerminateJob': 'AWS Batch generates the ids of jobs',
  'batch:SubmitJob': 'all job definitions on one compute, whose name they begin with',
  'batch:TagResource': 'all job definitions on one compute, whose name they begin with',
  'states:SendTaskSuccess': SEND_TASK,
  'states:SendTaskFailure': SEND_TASK,
  'states:SendTaskHeartbeat': SEND_TASK,
  'states:DescribeExecution': 'all executions of state machines that have the tag of one compute, or of one state machine: their callers choose the names',
  'states:GetExecutionHistory': 'all executions of one state machine: their callers choose the names',
  'states:StopExecution': 'all executions of one state machine: their callers choose the names',
  'states:RedriveExecution': 'all executions of one state machine or of one map: their names are known only at run time',
  'states:ListMapRuns': 'all executions of one state machine: their callers choose the names',
  'states:DescribeMapRun': 'all runs of one map: Step Functions generates their names',
  'states:ListExecutions': 'all runs of one map: Step Functions generates their names',
  'lambda:InvokeFunction': 'all versions of one function',
  'ecs:RegisterContainerInstance': BATCH_CLUSTERS,
  'ecs:DeregisterContainerInstance': BATCH_CLUSTERS,
  'ecs:SubmitAttachmentStateChanges': BATCH_CLUSTERS,
  'ecs:SubmitContainerStateChange': BATCH_CLUSTERS,
  'ecs:SubmitTaskStateChange': BATCH_CLUSTERS,
  'ecs:Poll': BATCH_INSTANCES,
  'ecs:StartTelemetrySession': BATCH_INSTANCES,
  'ecs:UpdateContainerInstancesState': BATCH_INSTANCES,
  'ecs:TagResource': 'the instance that registers itself',
  'ecs:DiscoverPollEndpoint': 'ECS supports no resource for this action',
  'ec2:DescribeTags': 'EC2 supports no resource for this action',
  'ecr:GetAuthorizationToken': 'ECR supports no resource for this action',
  'xray:PutTraceSegments': NO_RESOURCE_OF_X_RAY,
  'xray:PutTelemetryRecords': NO_RESOURCE_OF_X_RAY,
  'xray:GetSamplingRules': NO_RESOURCE_OF_X_RAY,
  'xray:GetSamplingTargets': NO_RESOURCE_OF_X_RAY,
  'ssmmessages:CreateControlChannel': 'Session Manager supports no resource for this action',
  'ssmmessages:CreateDataChannel': 'Session Manager supports no resource for this action',
  'ssmmessages:OpenControlChannel': 'Session Manager supports no resource for this action',
  'ssmmessages:OpenDataChannel': 'Session Manager supports no resource for this action',
};

/** Statements for the objects of the payload bucket. The keys of these objects contain the names of a job and of its runs. */
const isOfPayloads = (arn: string) => [PAYLOADS, RESULTS].some((prefix) => arn.includes(`/${prefix}`));
const PAYLOAD_WILDCARDS: Record<string, string> = {
  's3:GetObject': 'the inputs of all runs of the job, or the results of all runs',
  's3:PutObject': 'the inputs of all runs, or the results of all runs of the job',
  's3:ListMultipartUploadParts': 'the results of all runs of the job',
  's3:AbortMultipartUpload': 'the results of all runs of the job',
};

/** Statements for consumable resources. */
const isOfConsumables = (arn: string) => arn.includes(':consumable-resource/');
const CONSUMABLE_WILDCARDS: Record<string, string> = { 'batch:SubmitJob': 'all consumable resources: the job definitions name those that they need' };

/**
 * Acknowledges the findings of cdk-nag in a construct of this library, one by one and each with a reason. A user who runs cdk-nag then
 * sees only findings in resources of their own.
 *
 * @param scope     the construct
 * @param wildcards why the resource of a statement contains a wildcard, by action, where the reason is valid only in this construct
 */
export function acknowledge(scope: Construct, wildcards: Record<string, string> = {}): void {
  // Policies grow until the end, and only then are cross-stack references exports.
  atEndOf(scope, () => {
    for (const resource of scope.node.findAll().filter(CfnResource.isCfnResource)) acknowledgeAll(resource, findingsOf(resource, wildcards));
  });
}

/** Acknowledges the permissions that a job adds to a role of the user, and nothing else of this role. */
export function acknowledgeGiven(job: Construct, role: IConstruct): void {
  const isOfJob = (arn: string, actions: string[]) => isOfPayloads(arn) || actions.every((action) => action.startsWith('ssmmessages:'));
  atEndOf(job, () => {
    for (const policy of role.node.findAll().filter((construct) => construct instanceof iam.CfnPolicy)) {
      acknowledgeAll(policy, Object.fromEntries(wildcardFindings(policy, {}, isOfJob)));
    }
  });
}

function acknowledgeAll(resource: IConstruct, findings: Record<string, string>): void {
  const rules = Object.fromEntries(Object.entries(findings).map(([id, reason]) => [`Annotation::${id}`, reason]));
  if (Object.keys(rules).length > 0) resource.node.addMetadata(ACKNOWLEDGED, rules);
}

function findingsOf(resource: CfnResource, wildcards: Record<string, string>): Record<string, string> {
  return { ...BY_TYPE[resource.cfnResourceType], ...Object.fromEntries(wildcardFindings(resource, wildcards)) };
}

type IsOwn = (arn: string, actions: string[]) => boolean;

function wildcardFindings(resource: CfnResource, wildcards: Record<string, string>, isOwn: IsOwn = () => true): [id: string, reason: string][] {
  return [...actionsByWildcard(resource)].filter(([arn, actions]) => isOwn(arn, actions)).flatMap(([arn, actions]): [string, string][] => {
    const known = isOfPayloads(arn) ? PAYLOAD_WILDCARDS : isOfConsumables(arn) ? CONSUMABLE_WILDCARDS : WILDCARDS;
    const reasonByAction = { ...known, ...wildcards };
    const reasons = new Set(actions.map((action) => reasonByAction[action]));
    // An action that is not in the table was added by the user; left unacknowledged on purpose.
    return reasons.has(undefined as never) ? [] : [[`AwsSolutions-IAM5[Resource::${arn}]`, [...reasons].join('; ')]];
  });
}

/** The actions of all statements for each resource with a wildcard. cdk-nag has one finding for a resource, whatever the number of statements is. */
function actionsByWildcard(resource: CfnResource): Map<string, string[]> {
  const actions = new Map<string, string[]>();
  for (const { Action, Resource } of policiesOf(resource).flatMap((policy) => Stack.of(resource).resolve(policy)?.Statement ?? [])) {
    for (const arn of [Resource].flat().map(findingText).filter((text) => text.includes('*'))) {
      actions.set(arn, [...actions.get(arn) ?? [], ...[Action].flat()]);
    }
  }
  return actions;
}

function policiesOf(resource: CfnResource): unknown[] {
  if (resource instanceof iam.CfnPolicy) return [resource.policyDocument];
  if (!(resource instanceof iam.CfnRole)) return [];
  return (Stack.of(resource).resolve(resource.policies) ?? []).map((policy: any) => policy.policyDocument ?? policy.PolicyDocument);
}

/** A resolved value as cdk-nag writes it into the id of a finding: https://github.com/cdklabs/cdk-nag#acknowledging-a-rule */
function findingText(value: any): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  if (value['Fn::Join']) return value['Fn::Join'][1].map(findingText).join(value['Fn::Join'][0]);
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'].map(findingText).join('.')}>`;
  if (value['Fn::ImportValue']) return findingText(value['Fn::ImportValue']);
  return value.Ref ? `<${value.Ref}>` : JSON.stringify(value);
}
