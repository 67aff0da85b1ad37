import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchQueueCompute, HeavyBatchRegulatedOptions } from '../../src';
import { arnOf, existingQueue, idOf, IMAGE, newJob, newStack, templateOf } from '../stacks';

const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/1';
const USE = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** A job with a map, on a compute that is regulated. */
function regulatedTemplate(regulated: HeavyBatchRegulatedOptions = {}, stack = newStack()): Template {
  newJob({ regulated }, stack).addMap('Each', { bucket: s3.Bucket.fromBucketName(stack, 'Lists', 'lists') });
  return Template.fromStack(stack);
}

const template = regulatedTemplate();
const KEY = arnOf(idOf(template, 'AWS::KMS::Key'));
const keyPolicyOf = (from: Template): any[] => Object.values(from.findResources('AWS::KMS::Key'))[0].Properties.KeyPolicy.Statement;
const own = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest.split('|')[0]}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:${rest.split('|')[1]}`]] });

/** The statements about a key in all policies of roles, by a part of the name of the policy or the role. */
function statementsAbout(key: unknown, from: Template): Record<string, any[]> {
  const policies = Object.entries(from.findResources('AWS::IAM::Policy')).map(([id, { Properties }]): [string, any] => [id, Properties.PolicyDocument]);
  const ofRoles = Object.entries(from.findResources('AWS::IAM::Role')).flatMap(([id, { Properties }]) => (
    (Properties.Policies ?? []).map(({ PolicyDocument }: any): [string, any] => [id, PolicyDocument])));
  const isAbout = ({ Resource }: any) => JSON.stringify([Resource].flat()).includes(JSON.stringify(key));
  const found = [...policies, ...ofRoles].map(([id, { Statement }]): [string, any[]] => [id, Statement.filter(isAbout)]);
  return Object.fromEntries(found.filter(([, statements]) => statements.length > 0));
}

describe('with `regulated`, the key of the compute encrypts', () => {
  test.each<[string, string, number, (properties: any) => unknown]>([
    ['the logs of the functions, the containers and the network', 'AWS::Logs::LogGroup', 4, ({ KmsKeyId }) => KmsKeyId],
    ['both queues', 'AWS::SQS::Queue', 2, ({ KmsMasterKeyId }) => KmsMasterKeyId],
    ['the variables of the functions', 'AWS::Lambda::Function', 2, ({ KmsKeyArn }) => KmsKeyArn],
    ['what Step Functions keeps of runs and maps', 'AWS::StepFunctions::StateMachine', 2, ({ EncryptionConfiguration: { Type, KmsKeyId } }) => Type === 'CUSTOMER_MANAGED_KMS_KEY' && KmsKeyId],
    ['the disk of the instances', 'AWS::EC2::LaunchTemplate', 1, ({ LaunchTemplateData }) => LaunchTemplateData.BlockDeviceMappings[0].Ebs.KmsKeyId],
  ])('%s', (_, type, count, keyOf) => {
    const isOfLibrary = (id: string) => !id.startsWith('Custom');
    const resources = Object.entries(template.findResources(type)).filter(([id]) => isOfLibrary(id));
    expect(resources.map(([, { Properties }]) => keyOf(Properties))).toEqual(Array(count).fill(KEY));
  });

  test('payloads and results, with a bucket key', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } }] },
    });
  });
});

test('without `regulated` there is no key, no version, no flow log and no log that stays', () => {
  const plain = templateOf();
  for (const type of ['AWS::KMS::Key', 'AWS::EC2::FlowLog', 'Custom::VpcRestrictDefaultSG']) plain.resourceCountIs(type, 0);
  const { Resources } = plain.toJSON();
  const names = ['VersioningConfiguration', 'LoggingConfiguration', 'EncryptionConfiguration', 'KmsKeyId', 'KmsMasterKeyId', 'KmsKeyArn'];
  expect(names.filter((name) => JSON.stringify(Resources).includes(`"${name}":`))).toEqual([]);
  plain.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
});

describe('the key', () => {
  test('is rotated, and stays when the stack is deleted', () => {
    template.hasResource('AWS::KMS::Key', { Properties: { EnableKeyRotation: true }, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  const ADMIN = { Action: 'kms:*', Effect: 'Allow', Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] } }, Resource: '*' };
  const LOGS = {
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': own('logs|log-group:*') } },
    Effect: 'Allow',
    Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
    Resource: '*',
  };
  const EVENTS = {
    Action: USE,
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': own('events|rule/*') } },
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Resource: '*',
  };
  const roles = ['autoscaling', 'spot', 'ec2fleet', 'batch'].map((service) => (
    { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, `:role/aws-service-role/${service}.amazonaws.com/*`]] }));
  const OF_ACCOUNT = { StringEquals: { 'kms:CallerAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:PrincipalArn': roles } };
  const DISKS = [
    { Action: LOGS.Action, Condition: OF_ACCOUNT, Effect: 'Allow', Principal: { AWS: '*' }, Resource: '*' },
    { Action: 'kms:CreateGrant', Condition: { ...OF_ACCOUNT, Bool: { 'kms:GrantIsForAWSResource': 'true' } }, Effect: 'Allow', Principal: { AWS: '*' }, Resource: '*' },
  ];

  test('may be used by CloudWatch Logs, by EventBridge, and by the services that start instances, each for what is in the account', () => {
    expect(keyPolicyOf(template)).toEqual([ADMIN, LOGS, EVENTS, ...DISKS]);
  });

  test('is not for instances where there are none', () => {
    expect(keyPolicyOf(templateOf({ fargate: true, regulated: {} }))).toEqual([ADMIN, LOGS, EVENTS]);
    const stack = newStack();
    new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), regulated: {} });
    expect(keyPolicyOf(Template.fromStack(stack))).toEqual([ADMIN, LOGS, EVENTS]);
  });

  test('may be one of the app, in another stack, which gets the statements', () => {
    const app = new App({ analyticsReporting: false });
    const keys = new Stack(app, 'Keys');
    const encryptionKey = new kms.Key(keys, 'Key');
    const stack = new Stack(app, 'Stack');
    const { compute } = newJob({ regulated: { encryptionKey } }, stack);
    expect(compute.encryptionKey).toBe(encryptionKey);
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 0);
    expect(keyPolicyOf(Template.fromStack(keys))).toEqual([ADMIN, LOGS, EVENTS, ...DISKS]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('keyPolicy'));
  });

  test('may be an imported one, and one warning says what its policy must allow', () => {
    const stack = newStack();
    newJob({ regulated: { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) } }, stack);
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('keyPolicy'));
    expect(warnings.map(({ id, entry }) => [id, entry.data])).toEqual([['/Stack/Job/Compute',
      'the policy of Stack/Key cannot be changed here, so it must allow: '
      + 'logs.REGION.amazonaws.com, for log groups of this account and Region: kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey; '
      + 'events.amazonaws.com, for rules of this account and Region: kms:Decrypt, kms:GenerateDataKey; '
      + 'the service-linked roles of autoscaling.amazonaws.com, spot.amazonaws.com, ec2fleet.amazonaws.com, batch.amazonaws.com, which create the disks of instances: '
      + "kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey, kms:CreateGrant. The guide 'regulated' has the statements. "
      + 'Acknowledge this warning when they are there [ack: cdk-heavy-batch:keyPolicy]']]);
    expect(Object.keys(statementsAbout(KEY_ARN, Template.fromStack(stack))).map((id) => id.replace(/(Default)?Policy.*$/, ''))).toEqual([
      'JobComputeWatchSubmitRole', 'JobComputeWatchWatchRole', 'JobComputeWatchWorkflowRole', 'JobJobRole',
    ]);
  });
});

describe('the roles may use the key', () => {
  const statements = statementsAbout(KEY, template);
  const ofRole = (name: string) => Object.entries(statements).filter(([id]) => id.startsWith(name)).flatMap(([, found]) => found);
  const use = (Action: string | string[]) => ({ Action, Effect: 'Allow', Resource: KEY });

  test.each<[string, string, string[]]>([
    ['the submit function', 'JobComputeWatchSubmitRole', USE],
    ['the check function', 'JobComputeWatchWatchRole', USE],
    ['the state machines of jobs', 'JobComputeWatchWorkflowRole', USE],
    ['the containers', 'JobJobRole', USE],
    ['a map', 'JobEachRole', USE],
  ])('%s', (_, name, actions) => {
    const found = ofRole(name);
    expect(new Set(found.flatMap(({ Action }) => Action))).toEqual(new Set(actions));
    expect(found.every((statement) => JSON.stringify(statement) === JSON.stringify(use(statement.Action)))).toBe(true);
  });

  test('and nobody else may', () => {
    expect(Object.keys(statements).map((id) => id.replace(/(Default)?Policy\w+$/, '')).sort()).toEqual([
      'JobComputeWatchSubmitRole', 'JobComputeWatchWatchRole', 'JobComputeWatchWorkflowRole', 'JobEachRole', 'JobJobRole',
    ]);
  });

  test('a further job in another stack adds nothing to the roles of its compute', () => {
    const policiesWith = (...ids: string[]) => {
      const app = new App({ analyticsReporting: false });
      const shared = new Stack(app, 'Shared');
      const compute = new HeavyBatchCompute(shared, 'Compute', { regulated: {} });
      ids.forEach((id) => new HeavyBatchJob(new Stack(app, id), 'Job', { compute, imageDirectory: IMAGE }));
      app.synth();
      return [Template.fromStack(shared).findResources('AWS::IAM::Policy'), Template.fromStack(shared).findResources('AWS::KMS::Key')];
    };
    expect(policiesWith('One', 'Two')).toEqual(policiesWith('One'));
  });
});

describe('whoever gets a grant of a job or a map', () => {
  const granted = (grant: (job: HeavyBatchJob, role: iam.Role) => void, regulated?: HeavyBatchRegulatedOptions) => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    grant(newJob({ regulated }, stack), role);
    const [{ Properties }] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Caller')).map(([, policy]) => policy);
    return Properties.PolicyDocument.Statement.filter(({ Action }: any) => [Action].flat().some((action) => action.startsWith('kms:')));
  };

  test.each<[string, (job: HeavyBatchJob, role: iam.Role) => void, string]>([
    ['may start runs', (job, role) => job.grantStartExecution(role), 'JobRun'],
    ['may read runs', (job, role) => job.grantRead(role), 'JobRun'],
    ['may read a map', (job, role) => job.addMap('Each', { bucket: s3.Bucket.fromBucketName(job, 'Lists', 'lists') }).grantRead(role), 'JobEach'],
  ])('may use the key for the data of this state machine only, if it %s', (_, grant, machine) => {
    const statements = granted(grant, {});
    const arn = { Ref: expect.stringMatching(new RegExp(`^${machine}`)) };
    expect(statements).toEqual([{
      Action: USE,
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^JobComputeKey/), 'Arn'] },
      Condition: { StringLike: { 'kms:EncryptionContext:aws:states:stateMachineArn': [arn, { 'Fn::Join': ['', [arn, '/*']] }] } },
    }]);
    expect(granted(grant)).toEqual([]);
  });

  test('gets it for an imported job too, where its key is known', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
    HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', { stateMachineArn, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }).grantStartExecution(role);
    expect(statementsAbout(KEY_ARN, Template.fromStack(stack))).toEqual({
      [idOf(Template.fromStack(stack), 'AWS::IAM::Policy')]: [{
        Action: USE,
        Effect: 'Allow',
        Resource: KEY_ARN,
        Condition: { StringLike: { 'kms:EncryptionContext:aws:states:stateMachineArn': [stateMachineArn, `${stateMachineArn}/*`] } },
      }],
    });
  });
});

describe('the payload bucket', () => {
  const isPayloads = { BucketEncryption: { ServerSideEncryptionConfiguration: [Match.objectLike({ BucketKeyEnabled: true })] } };

  test('has versions that expire, and access logs', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ...isPayloads,
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ Prefix: 'payloads/', ExpirationInDays: 90 }), Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } })]) },
      LoggingConfiguration: { DestinationBucketName: { Ref: idOf(template, 'AWS::S3::Bucket', 'AccessLogs') }, LogFilePrefix: Match.stringLikeRegexp('^StackJobComputePayloadBucket\\w+/$') },
    });
  });

  test('has a bucket for its access logs that is private, encrypted and retained, without access control lists', () => {
    const id = idOf(template, 'AWS::S3::Bucket', 'AccessLogs');
    template.hasResource('AWS::S3::Bucket', {
      Properties: {
        AccessControl: Match.absent(),
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365 }] },
        LoggingConfiguration: Match.absent(),
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
      DeletionPolicy: 'Retain',
    });
    const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy', { Properties: { Bucket: { Ref: id } } }));
    expect(policy.Properties.PolicyDocument.Statement.filter(({ Effect }: any) => Effect === 'Allow')).toEqual([{
      Action: 's3:PutObject',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnEquals: { 'aws:SourceArn': arnOf(idOf(template, 'AWS::S3::Bucket', 'Payload')) } },
      Effect: 'Allow',
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, expect.stringMatching(/^\/StackJobComputePayloadBucket\w+\/\*$/)]] },
    }]);
  });

  test('may have its access logs in a bucket of another stack, without a circle of stacks', () => {
    const app = new App({ analyticsReporting: false });
    const audit = new Stack(app, 'Audit');
    const accessLogsBucket = new s3.Bucket(audit, 'Logs');
    const stack = new Stack(app, 'Stack');
    newJob({ regulated: { accessLogsBucket } }, stack);
    app.synth();
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
    Template.fromStack(audit).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [{ Principal: { Service: 'logging.s3.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }] },
    });
  });

  test('warns of an imported bucket for its access logs', () => {
    const stack = newStack();
    newJob({ regulated: { accessLogsBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'logs') } }, stack);
    expect(Annotations.fromStack(stack).findWarning('/Stack/Job/Compute', Match.stringLikeRegexp('accessLogsPolicy'))).toHaveLength(1);
  });

  test('stays as it is if it is given', () => {
    const stack = newStack();
    newJob({ regulated: {}, payloadBucket: new s3.Bucket(stack, 'Own') }, stack);
    const given = Template.fromStack(stack);
    given.resourceCountIs('AWS::S3::Bucket', 1);
    given.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: Match.absent(), LoggingConfiguration: Match.absent() });
  });
});

describe('the network', () => {
  test('of a new VPC has flow logs, and a default security group without rules', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceType: 'VPC', ResourceId: { Ref: idOf(template, 'AWS::EC2::VPC') }, TrafficType: 'ALL', LogGroupName: { Ref: idOf(template, 'AWS::Logs::LogGroup', 'FlowLogs') },
    });
    template.hasResourceProperties('Custom::VpcRestrictDefaultSG', { DefaultSecurityGroupId: { 'Fn::GetAtt': [idOf(template, 'AWS::EC2::VPC'), 'DefaultSecurityGroup'] } });
    templateOf({ regulated: {}, vpcEndpoints: true }).resourceCountIs('AWS::EC2::FlowLog', 1);
  });

  test('of a given VPC stays as it is', () => {
    const stack = newStack();
    newJob({ regulated: {}, vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }) }, stack);
    for (const type of ['AWS::EC2::FlowLog', 'Custom::VpcRestrictDefaultSG']) Template.fromStack(stack).resourceCountIs(type, 0);
  });
});

describe('logs', () => {
  const retentions = (from: Template) => Object.values(from.findResources('AWS::Logs::LogGroup')).map(({ Properties, DeletionPolicy }) => [Properties.RetentionInDays, DeletionPolicy]);

  test('are kept for a year, and stay when the stack is deleted', () => {
    expect(retentions(template)).toEqual(Array(4).fill([365, 'Retain']));
  });

  test('are kept for as long as asked, those of a job for as long as the job asks', () => {
    const both = templateOf({ regulated: { logRetention: logs.RetentionDays.TEN_YEARS }, logRetention: logs.RetentionDays.ONE_WEEK });
    expect(retentions(both).map(([kept]) => kept).sort()).toEqual([3653, 3653, 3653, 7]);
  });

  test('of a job on a shared compute are those of its compute', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute', { regulated: { logRetention: logs.RetentionDays.TWO_YEARS } });
    newJob({ compute }, stack);
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup')).slice(-1);
    expect(Properties).toMatchObject({ RetentionInDays: 731, KmsKeyId: stack.resolve(compute.encryptionKey!.keyArn) });
  });

  test('may be kept for ever, and so are access logs', () => {
    const forEver = regulatedTemplate({ logRetention: logs.RetentionDays.INFINITE });
    const bucket = forEver.findResources('AWS::S3::Bucket')[idOf(forEver, 'AWS::S3::Bucket', 'AccessLogs')];
    expect(bucket.Properties.LifecycleConfiguration.Rules).toEqual([{
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Status: 'Enabled',
    }]);
    expect(retentions(forEver).map(([kept]) => kept)).toEqual(Array(4).fill(undefined));
  });
});

test('the alarm sends to the topic, and has no action without one', () => {
  const stack = newStack();
  const alarmTopic = new sns.Topic(stack, 'Topic');
  newJob({ regulated: { alarmTopic } }, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmActions: [stack.resolve(alarmTopic.topicArn)] });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() });
});

test('a compute that is not regulated has no key', () => {
  expect(newJob().compute.encryptionKey).toBeUndefined();
});
