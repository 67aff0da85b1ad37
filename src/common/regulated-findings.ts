/** The packs of cdk-nag for rules of authorities, as they begin the ids of their findings: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md */
const [NIST, HIPAA, PCI] = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];
const ALL = [NIST, HIPAA, PCI];

/** The ids of a rule in several packs, each with the reason to accept its finding. */
export function inPacks(rule: string, reason: string, packs = ALL): Record<string, string> {
  return Object.fromEntries(packs.map((pack) => [`${pack}-${rule}`, reason]));
}

/** For a policy that this library makes. */
export const OWN_POLICY = inPacks('IAMNoInlinePolicy', 'the policy has what one role needs, and goes with it; a managed policy could be attached to other identities');

const NO_GATEWAY = 'jobs pull images without a NAT gateway, and nothing connects to them; the prop `vpcEndpoints` creates a VPC without access to the internet';

/** Findings that the prop `regulated` does not change, by type of resource. What it does change is not acknowledged: without it, cdk-nag reports it. */
export const REGULATED_BY_TYPE: Record<string, Record<string, string>> = {
  'AWS::IAM::Role': OWN_POLICY,
  'AWS::Lambda::Function': {
    ...inPacks('LambdaConcurrency', 'a limit would delay runs and take concurrency from the account; the submit function is limited by who may start runs, the check function by its event source',
      [NIST, HIPAA]),
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    ...inPacks('LambdaDLQ', 'Lambda uses it only for asynchronous calls, and there are none: a state machine retries, and the watch queue has a dead-letter queue', [NIST, HIPAA]),
    ...inPacks('LambdaInsideVPC', 'it calls only the APIs of AWS, and nothing in a VPC; in a VPC it would need a NAT gateway or more endpoints'),
  },
  'AWS::DynamoDB::Table': inPacks('DynamoDBInBackupPlan', 'with a regulated compute the table can be restored to any second of the last 35 days, and its items expire; a backup plan would keep them longer', [NIST, HIPAA]),
  'AWS::S3::Bucket': inPacks('S3BucketReplicationEnabled', 'objects expire, and the input of a run can be sent again; a copy in another Region would be more data to protect; '
    + 'give buckets of your own to have it'),
  'AWS::CloudWatch::Alarm': inPacks('CloudWatchAlarmAction', 'who is notified is not known here; set `regulated.alarmTopic`, or call `addAlarmAction`', [NIST, HIPAA]),
  'AWS::EC2::Route': inPacks('VPCNoUnrestrictedRouteToIGW', NO_GATEWAY),
  'AWS::EC2::Subnet': inPacks('VPCSubnetAutoAssignPublicIpDisabled', NO_GATEWAY),
};

/** For the function of an API. */
export const API_FUNCTION = {
  ...inPacks('LambdaConcurrency', 'the throttle of the API limits its requests, and `maxWaitingRequests` those that take long; a limit here would refuse requests of callers and lose events', [NIST, HIPAA]),
  ...inPacks('LambdaDLQ', 'an event that Lambda gives up is about a run whose state Step Functions keeps, and the next event or request about the run brings it', [NIST, HIPAA]),
};

/** For the rule of nodes, whose source is the same security group. */
export const NODES = inPacks('EC2RestrictedCommonPorts', 'only the nodes of one job connect to each other: the source is the security group itself, and no address');

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
export const ACCESS_LOGS = inPacks('S3DefaultEncryptionKMS', 'Amazon S3 delivers access logs only to a bucket that is encrypted with SSE-S3');
