import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { newJob, newStack, templateOf, threeJobs } from '../stacks';

describe('the bucket of payloads and results', () => {
  const template = templateOf();
  /** The records of runs stay as long as a run can last. */
  const rules = (days: number) => [
    { Prefix: 'payloads/', ExpirationInDays: days, Status: 'Enabled' },
    { Prefix: 'results/', ExpirationInDays: days, Status: 'Enabled' },
    { Prefix: 'runs/', ExpirationInDays: 366, Status: 'Enabled' },
    { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' },
  ];

  test('is private and encrypted, accepts only TLS, and deletes its objects after 90 days', () => {
    template.hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: { Rules: rules(90) },
        BucketName: Match.absent(),
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) },
    });
  });

  test('is shared by all jobs of a compute', () => {
    const stack = newStack();
    threeJobs(stack);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
  });

  test('deletes its objects after the payload retention', () => {
    templateOf({ payloadRetention: Duration.days(7) }).hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: rules(7) } });
  });

  test('may be an existing one with its own key', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'Own', { encryptionKey });
    const job = newJob({ payloadBucket: bucket }, stack);
    expect(job.compute.payloadBucket).toBe(bucket);
    const template2 = Template.fromStack(stack);
    template2.resourceCountIs('AWS::S3::Bucket', 1);
    const keyArn = stack.resolve(encryptionKey.keyArn);
    const ofKey = (role: string) => Object.entries(template2.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes(role))
      .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement).filter(({ Resource }) => JSON.stringify(Resource) === JSON.stringify(keyArn));
    expect(ofKey('JobRole')).toEqual([{ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: keyArn }]);
    expect(ofKey('SubmitRole')).toEqual([{ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: keyArn }]);
    expect(ofKey('WatchRole')).toEqual([{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: keyArn }]);
  });
});

describe('the role of a job', () => {
  const isFolder = (folder: string, resource: unknown) => JSON.stringify(resource).includes(`/${folder}/*`);

  test('may read the payloads of its job and write the results of its job, but not those of other jobs', () => {
    const stack = newStack();
    const { jobs } = threeJobs(stack);
    const template = Template.fromStack(stack);
    const folders = jobs.map((job) => {
      const [role] = Object.values(template.findResources('AWS::IAM::Role')).filter(({ Properties: { Policies } }) => JSON.stringify(Policies ?? '').includes(`Stack${job.node.id}`));
      const [{ PolicyDocument: { Statement: [reads, writes] } }] = role.Properties.Policies;
      const folder = /(payloads\/)([^/]+)\/\*/.exec(JSON.stringify(reads.Resource))![2];
      expect(reads).toMatchObject({ Action: 's3:GetObject', Effect: 'Allow' });
      expect(writes).toMatchObject({ Action: ['s3:PutObject', 's3:AbortMultipartUpload'], Effect: 'Allow' });
      expect([isFolder(`payloads/${folder}`, reads.Resource), isFolder(`results/${folder}`, writes.Resource)]).toEqual([true, true]);
      return folder;
    });
    expect(new Set(folders).size).toBe(3);
  });

  test('gets the same permissions if the user gives it', () => {
    const stack = newStack();
    const jobRole = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    newJob({ jobRole }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(jobRole.roleName)],
      PolicyDocument: { Statement: [Match.objectLike({ Action: 's3:GetObject' }), Match.objectLike({ Action: ['s3:PutObject', 's3:AbortMultipartUpload'] })] },
    });
  });

  test('has permissions on the folder that the submit function uses', () => {
    const template = templateOf();
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const folder = /\\"folder\\":\\"(\w+)\\"/.exec(JSON.stringify(machine.Properties.DefinitionString))![1];
    const roles = JSON.stringify(template.findResources('AWS::IAM::Role'));
    expect(roles).toContain(`/payloads/${folder}/*`);
    expect(roles).toContain(`/results/${folder}/*`);
  });
});
