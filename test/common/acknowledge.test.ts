import { App, ArnFormat, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IConstruct } from 'constructs';
import { HeavyBatchApi, HeavyBatchCompute, HeavyBatchJob } from '../../src';
import { everyProp, IMAGE, newJob, newStack } from '../stacks';

/** The acknowledged findings below a construct: `<path> <finding>`, with the reason. */
function acknowledged(root: IConstruct): Record<string, string> {
  return Object.fromEntries(root.node.findAll().flatMap((construct) => construct.node.metadata
    .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
    .flatMap(({ data }) => Object.entries(data as Record<string, string>).map(([id, reason]) => [`${construct.node.path} ${id}`, reason]))));
}

function synthesized(stack: Stack): Record<string, string> {
  (stack.node.root as App).synth();
  return acknowledged(stack);
}

test('each finding is acknowledged on its resource, with a reason', () => {
  const found = synthesized(Stack.of(newJob()));
  expect(found['Stack/Job/Compute/Watch/WatchRole/DefaultPolicy/Resource Annotation::AwsSolutions-IAM5[Resource::*]']).toBe('AWS Batch supports no resource for these actions');
  expect(Object.entries(found).filter(([finding]) => finding.startsWith('Stack/Job/JobRole/Resource Annotation::AwsSolutions')).map(([, reason]) => reason)).toEqual([
    'the inputs or the results of all runs of the job',
    'the inputs or the results of all runs of the job',
  ]);
  expect(found['Stack/Job/Compute/Vpc/Resource Annotation::AwsSolutions-VPC7']).toContain('flow logs');
  expect(Object.entries(found).filter(([finding]) => finding.startsWith('Stack/Job/Compute/InstanceRole/') && finding.includes('AwsSolutions')).map(([, reason]) => reason)).toEqual([
    'all clusters of AWS Batch in the account and Region: it generates their names',
    'all instances in clusters of AWS Batch: ECS generates their ids; the instance that registers itself',
    'ECS and EC2 support no resource for these actions',
  ]);
});

test('the permission for a shell in a container is acknowledged on the job role', () => {
  const found = synthesized(Stack.of(newJob({ enableExecuteCommand: true })));
  expect(found['Stack/Job/JobRole/DefaultPolicy/Resource Annotation::AwsSolutions-IAM5[Resource::*]']).toBe('Session Manager supports no resource for these actions');
});

test('each acknowledgement says why', () => {
  const [stack, simple] = [newStack(), newStack()];
  everyProp(stack);
  newJob({}, simple).addMap('Each', { bucket: new s3.Bucket(simple, 'Lists') });
  const reasons = [stack, simple].flatMap((each) => Object.values(synthesized(each)));
  expect(reasons.length).toBeGreaterThan(40);
  expect(reasons.filter((reason) => !/(\w+ ){4}/.test(reason))).toEqual([]);
});

test('what is acknowledged in a job with a map is all that is acknowledged, each with its reason', () => {
  const stack = newStack();
  newJob({}, stack).addMap('Each', { bucket: new s3.Bucket(stack, 'Lists') });
  expect(synthesized(stack)).toMatchSnapshot();
});

test('the page of an API is acknowledged where it is open', () => {
  const stack = newStack();
  const api = new HeavyBatchApi(stack, 'Api', { jobs: [{ job: newJob({}, stack) }], console: true });
  (stack.node.root as App).synth();
  expect(Object.entries(acknowledged(api)).filter(([finding]) => finding.includes('APIG4'))).toEqual([
    ['Stack/Api/Api/GET--console/Resource Annotation::AwsSolutions-APIG4', 'the page itself has no data; what it asks the API for needs a permission to call the API'],
  ]);
});

test('what is acknowledged in an API is all that is acknowledged, each with its reason; a route that lets everybody in is not', () => {
  const stack = newStack();
  const api = new HeavyBatchApi(stack, 'Api', { jobs: [{ job: newJob({}, stack) }], allowAnonymousAccess: true });
  (stack.node.root as App).synth();
  expect(acknowledged(api)).toMatchSnapshot();
  expect(Object.keys(acknowledged(api)).filter((finding) => finding.includes('APIG'))).toEqual([]);
});

test('acknowledgements are not part of the template', () => {
  const stack = Stack.of(newJob());
  expect(JSON.stringify((stack.node.root as App).synth().getStackByName('Stack').template)).not.toContain('AwsSolutions');
});

test('wildcards for the lists and results of a map are acknowledged, but not those for other objects', () => {
  const stack = newStack();
  const map = newJob({}, stack).addMap('Each', { bucket: new s3.Bucket(stack, 'Lists') });
  map.stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
  const found = Object.keys(synthesized(stack)).filter((finding) => finding.startsWith('Stack/Job/Each/') && finding.includes('IAM5'));
  expect(found).toHaveLength(6);
  expect(found.filter((finding) => finding.includes('/*'))).toEqual([expect.stringContaining('<Lists'), expect.stringContaining('/results/StackJobEach')]);
  expect(found.filter((finding) => finding.includes('Resource::*'))).toEqual([]);
});

test('a finding is acknowledged in the words of cdk-nag, which writes > for a brace', () => {
  const stack = newStack();
  newJob({}, stack).addMap('Each', { bucket: new s3.Bucket(stack, 'Lists'), resultPrefix: '{out}' });
  expect(Object.keys(synthesized(stack)).filter((finding) => finding.endsWith('/{out>/*]'))).toHaveLength(1);
});

test('traces of a job are acknowledged on the role of its state machine', () => {
  const found = synthesized(Stack.of(newJob({ tracing: true })));
  expect(found['Stack/Job/Compute/Watch/WorkflowRole/DefaultPolicy/Resource Annotation::AwsSolutions-IAM5[Resource::*]']).toBe('X-Ray supports no resource for these actions');
});

test('the results of a map are acknowledged wherever they are', () => {
  const stack = newStack();
  newJob({}, stack).addMap('Each', { bucket: new s3.Bucket(stack, 'Lists'), resultPrefix: 'out' });
  const reasons = Object.entries(synthesized(stack)).filter(([finding]) => finding.endsWith('/out/*]')).map(([, reason]) => reason);
  expect(reasons).toEqual([expect.stringContaining('the results of all executions of the map')]);
});

test.each<[string, (stack: Stack) => iam.IRole]>([
  ['new', (stack) => new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') })],
  ['imported', (stack) => iam.Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::123456789012:role/given')],
])('on a %s role of the user, what a job adds is acknowledged, and nothing else', (_kind, roleOf) => {
  const stack = newStack();
  const jobRole = roleOf(stack);
  jobRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['batch:DescribeJobs', 's3:GetObject'], resources: ['*', 'arn:aws:s3:::mine/*'] }));
  newJob({ jobRole, enableExecuteCommand: false }, stack);
  const found = Object.keys(synthesized(stack)).filter((finding) => finding.startsWith('Stack/Given/'));
  expect(found).toEqual([expect.stringContaining('/payloads/'), expect.stringContaining('/results/')]);
});

test('a wildcard that the user has added to a job role is left unacknowledged', () => {
  const stack = newStack();
  const job = newJob({}, stack);
  job.jobRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
  expect(Object.keys(synthesized(stack)).filter((finding) => finding.includes('JobRole/DefaultPolicy'))).toEqual([]);
});

describe('a wildcard that the user has added to a role of the library is left unacknowledged, although the library', () => {
  const CHECK = 'Stack/Job/Compute/Watch/WatchRole/DefaultPolicy/Resource';
  test.each<[string, (job: HeavyBatchJob) => iam.IGrantable, iam.PolicyStatementProps, string]>([
    ['has the action on another resource', ({ compute }) => compute.checkFunction, { actions: ['states:DescribeExecution'], resources: ['*'] }, `${CHECK} Annotation::AwsSolutions-IAM5[Resource::*]`],
    ['has another action on the resource', ({ compute }) => compute.checkFunction, { actions: ['batch:DescribeJobQueues'], resources: ['*'] }, `${CHECK} Annotation::AwsSolutions-IAM5[Resource::*]`],
    ['has it with a condition', ({ compute }) => compute.checkFunction, { actions: ['states:DescribeExecution'], resources: ['executions'] },
      `${CHECK} Annotation::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:*]`],
    ['has actions on it, and the user all others', ({ compute }) => compute.checkFunction, { notActions: ['iam:*'], resources: ['*'] }, `${CHECK} Annotation::AwsSolutions-IAM5[Resource::*]`],
    ['has it on another role', (job) => job, { actions: ['batch:DescribeJobs', 'batch:ListJobs'], resources: ['*'] }, 'Stack/Job/JobRole/DefaultPolicy/Resource Annotation::AwsSolutions-IAM5[Resource::*]'],
    ['gives tokens of ECR', (job) => job, { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }, 'Stack/Job/JobRole/DefaultPolicy/Resource Annotation::AwsSolutions-IAM5[Resource::*]'],
  ])('%s', (_, granteeOf, statement, finding) => {
    const stack = newStack();
    const job = newJob({}, stack);
    const executions = stack.formatArn({ service: 'states', resource: 'execution', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    const resources = statement.resources!.map((name) => name === 'executions' ? executions : name);
    granteeOf(job).grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ ...statement, resources }));
    const ofRole = (all: Record<string, string>) => Object.keys(all).filter((id) => id.startsWith(finding.split(' ')[0])).sort();
    expect(ofRole(synthesized(stack))).toEqual(ofRole(synthesized(Stack.of(newJob()))).filter((id) => id !== finding));
  });
});

describe('in the packs of NIST 800-53, HIPAA and PCI DSS', () => {
  const inPacks = (found: Record<string, string>, rule: string) => Object.keys(found).filter((id) => id.endsWith(`-${rule}`))
    .map((id) => id.replace(/^Stack\/(.*?) Annotation::(.*?)-.*$/, '$1 $2'));

  test('what `regulated` does not change is acknowledged, for the packs that have the rule', () => {
    const found = synthesized(Stack.of(newJob()));
    expect(inPacks(found, 'LambdaDLQ')).toEqual(['SubmitFunction', 'WatchFunction'].flatMap((name) => (
      ['NIST.800.53.R5', 'HIPAA.Security'].map((pack) => `Job/Compute/Watch/${name}/Resource ${pack}`))));
    expect(inPacks(found, 'S3BucketReplicationEnabled')).toEqual(['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'].map((pack) => `Job/Compute/PayloadBucket/Resource ${pack}`));
  });

  test('what `regulated` changes is not acknowledged, so it is reported without it', () => {
    const found = synthesized(Stack.of(newJob()));
    for (const rule of ['CloudWatchLogGroupEncrypted', 'S3DefaultEncryptionKMS', 'S3BucketVersioningEnabled', 'S3BucketLoggingEnabled', 'VPCFlowLogsEnabled', 'VPCDefaultSecurityGroupClosed']) {
      expect([rule, inPacks(found, rule)]).toEqual([rule, []]);
    }
  });

  test('only the bucket for access logs may be encrypted with a key of Amazon S3', () => {
    const found = synthesized(Stack.of(newJob({ regulated: {} })));
    expect(inPacks(found, 'S3DefaultEncryptionKMS')).toEqual(['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'].map((pack) => `Job/Compute/AccessLogs/Resource ${pack}`));
  });

  test('the rule of nodes is acknowledged in a security group of the user, and no other rule of this group', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc });
    const other = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Other', 'sg-1');
    group.addIngressRule(group, ec2.Port.tcp(3306));
    group.addIngressRule(other, ec2.Port.allTraffic());
    newJob({ nodes: 2, instanceTypes: [new ec2.InstanceType('c7i.4xlarge')], vpc, securityGroups: [group] }, stack);
    const found = inPacks(synthesized(stack), 'EC2RestrictedCommonPorts');
    expect(found).toHaveLength(3);
    expect(found.every((id) => /^Group\/from StackGroup\w+:ALL TRAFFIC /.test(id))).toBe(true);
  });

  describe('the policy of a job role is acknowledged', () => {
    const withKey = (stack: Stack) => new s3.Bucket(stack, 'Bucket', { encryption: s3.BucketEncryption.KMS });
    const given = (stack: Stack) => new iam.Role(stack, 'Given', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    const policies = (stack: Stack) => new Set(inPacks(synthesized(stack), 'IAMNoInlinePolicy').map((id) => id.split(' ')[0]).filter((path) => /(Given|JobRole)\/DefaultPolicy/.test(path)));

    test('on a role of the library, if the library made a part of it', () => {
      const [stack, granted] = [newStack(), newStack()];
      newJob({ payloadBucket: withKey(stack) }, stack);
      expect(policies(stack)).toEqual(new Set(['Job/JobRole/DefaultPolicy/Resource']));
      withKey(granted).grantRead(newJob({}, granted));
      expect(policies(granted)).toEqual(new Set());
    });

    test('on a role of the user, if the library made all of it', () => {
      const [stack, granted] = [newStack(), newStack()];
      newJob({ jobRole: given(stack), payloadBucket: withKey(stack), enableExecuteCommand: true }, stack);
      expect(policies(stack)).toEqual(new Set(['Given/DefaultPolicy/Resource']));
      const job = newJob({ jobRole: given(granted) }, granted);
      withKey(granted).grantRead(job);
      expect(policies(granted)).toEqual(new Set());
    });
  });
});

test('what the user denies changes no acknowledgement', () => {
  const stack = newStack();
  newJob({}, stack).compute.checkFunction.addToRolePolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:*'], resources: ['*'] }));
  expect(Object.keys(synthesized(stack)).filter((id) => id.includes('WatchRole'))).toContain('Stack/Job/Compute/Watch/WatchRole/DefaultPolicy/Resource Annotation::AwsSolutions-IAM5[Resource::*]');
});

test('the VPC of the user is left unacknowledged', () => {
  const stack = newStack();
  everyProp(stack);
  expect(Object.keys(synthesized(stack)).filter((finding) => finding.includes('VPC7'))).toEqual([]);
});

test('the findings of a job in another stack than its compute are acknowledged with the references of that stack', () => {
  const app = new App({ analyticsReporting: false });
  const compute = new HeavyBatchCompute(new Stack(app, 'Shared'), 'Compute');
  const stack = new Stack(app, 'Other');
  new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: IMAGE });
  const found = Object.entries(synthesized(stack)).filter(([finding]) => finding.includes('IAM5'));
  expect(found.map(([, reason]) => reason)).toContain('ECR supports no resource for this action');
  expect(found.every(([finding]) => !finding.includes('${Token'))).toBe(true);
  expect(found.map(([finding]) => finding).filter((finding) => finding.includes('Shared:Exports')).length).toBeGreaterThan(0);
  expect(found.filter(([finding]) => finding.includes('ImportValue'))).toEqual([]);
});
