import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';

/**
 * `Validations.ACKNOWLEDGED_RULES_METADATA_KEY` of aws-cdk-lib 2.257 and later, where cdk-nag looks whether a finding is acknowledged.
 * An older aws-cdk-lib does not look, and nothing of it gets into a template.
 */
const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';

/** Findings of cdk-nag's AwsSolutions pack by the type of the resource, with the reason why it is as it is. */
const BY_TYPE: Record<string, Record<string, string>> = {
  'AWS::EC2::VPC': {
    'AwsSolutions-VPC7': 'flow logs cost as much as what they log; nothing may connect to this VPC. Bring a `vpc` of your own to have them',
  },
  'AWS::S3::Bucket': {
    'AwsSolutions-S1': 'access logs need a bucket that nobody else has; bring a `payloadBucket` of your own to have them',
  },
  'AWS::StepFunctions::StateMachine': {
    'AwsSolutions-SF1': 'Step Functions keeps the history of a run for 90 days; a copy in CloudWatch Logs would cost with every run and hold its input',
    'AwsSolutions-SF2': '`tracing` is a prop, since traces cost with every run',
  },
};

/** AWS's managed policies that are in use. */
const MANAGED: Record<string, string> = {
  'service-role/AmazonEC2ContainerServiceforEC2Role': 'what the ECS agent needs; AWS adds to it what newer agents need: https://docs.aws.amazon.com/batch/latest/userguide/instance_IAM_role.html',
};

/** Why a resource has a wild card, by what may be done to it. */
const WILD_CARDS: Record<string, string> = {
  'batch:DescribeJobs': 'Batch knows no resource for it',
  'batch:ListJobs': 'Batch knows no resource for it',
  'batch:TerminateJob': 'Batch makes the ids of jobs',
  'batch:SubmitJob': 'every revision of the one job definition: a run may have been started before a deploy',
  'states:DescribeExecution': 'every execution of the one state machine: callers name them',
  'states:StopExecution': 'every execution of the one state machine: callers name them',
  'states:RedriveExecution': 'every child of the one map: Step Functions names them',
  'states:DescribeMapRun': 'every run of the one map: Step Functions names them',
  'lambda:InvokeFunction': 'every version of the one function',
  'ecr:GetAuthorizationToken': 'ECR knows no resource for it',
};

/** The objects of the payload bucket: their keys are made of a job and of its runs. */
const PAYLOADS = /\/(payloads|results)\//;
const OF_PAYLOADS: Record<string, string> = {
  's3:GetObject': 'what any of the job\'s runs was given, or what any run left',
  's3:PutObject': 'what any run is given, or what any of the job\'s runs leaves',
  's3:ListMultipartUploadParts': 'results of any of the job\'s runs',
  's3:AbortMultipartUpload': 'results of any of the job\'s runs',
};

/**
 * Acknowledges what cdk-nag finds in a construct of this library, finding by finding, so that a user's own cdk-nag stays quiet.
 *
 * @param scope the construct
 * @param more  why a resource has a wild card in it, by what may be done to it, where that is of this construct alone
 */
export function acknowledge(scope: Construct, more: Record<string, string> = {}): void {
  // At the end of the synthesis: policies grow until then, and cross-stack references are exports only then.
  scope.node.addValidation({
    validate: () => {
      for (const resource of scope.node.findAll().filter(CfnResource.isCfnResource)) acknowledgeAll(resource, findingsOf(resource, more));
      return [];
    },
  });
}

function acknowledgeAll(resource: IConstruct, findings: Record<string, string>): void {
  const rules = Object.fromEntries(Object.entries(findings).map(([id, reason]) => [`Annotation::${id}`, reason]));
  if (Object.keys(rules).length > 0) resource.node.addMetadata(ACKNOWLEDGED, rules);
}

function findingsOf(resource: CfnResource, more: Record<string, string>): Record<string, string> {
  const findings = { ...BY_TYPE[resource.cfnResourceType] };
  const stack = Stack.of(resource);
  if (resource instanceof iam.CfnRole) {
    for (const arn of (stack.resolve(resource.managedPolicyArns) ?? []).map(flat)) {
      const reason = MANAGED[arn.split(':policy/')[1]];
      if (reason) findings[`AwsSolutions-IAM4[Policy::${arn}]`] = reason;
    }
  }
  for (const { Action, Resource } of policiesOf(resource).flatMap((policy) => stack.resolve(policy)?.Statement ?? [])) {
    for (const wild of [Resource].flat().map(flat).filter((arn) => arn.includes('*'))) {
      const known = { ...PAYLOADS.test(wild) ? OF_PAYLOADS : WILD_CARDS, ...more };
      const reasons = new Set([Action].flat().map((action: string) => known[action]));
      // A statement with an action that is not listed is somebody else's, and for them to acknowledge.
      if (!reasons.has(undefined as never)) findings[`AwsSolutions-IAM5[Resource::${wild}]`] = [...reasons].join('; ');
    }
  }
  return findings;
}

function policiesOf(resource: CfnResource): unknown[] {
  if (resource instanceof iam.CfnPolicy) return [resource.policyDocument];
  if (!(resource instanceof iam.CfnRole)) return [];
  return (Stack.of(resource).resolve(resource.policies) ?? []).map((policy: any) => policy.policyDocument ?? policy.PolicyDocument);
}

/** A reference as cdk-nag writes it into a finding's id: https://github.com/cdklabs/cdk-nag#acknowledging-a-rule */
function flat(value: any): string {
  if (typeof value === 'string') return value;
  if (value['Fn::Join']) return value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]);
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'].map(flat).join('.')}>`;
  if (value['Fn::ImportValue']) return flat(value['Fn::ImportValue']);
  return value.Ref ? `<${value.Ref}>` : JSON.stringify(value);
}
