import { App, Aws, Names, Stack, StackProps } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { readAssembly } from '../../emulator/assembly/assembly';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { Iam } from '../../emulator/services/iam/iam';
import { HeavyBatchJob, HeavyBatchMap } from '../../src';
import { foldersIn, ownerOf } from '../../src/common/buckets';
import { temporary } from '../emulator/apps';
import { scriptedEmulator, succeeds } from '../emulator/scripted-emulator';
import { IMAGE, newJob, newStack } from '../stacks';

const HERE = '111122223333';
const ELSEWHERE = '444455556666';
const imported = (stack: Stack, account?: string) => s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'shared', account });

/** Two stacks of one app: the first has the bucket, the second one the construct that uses it. */
function stacks(first: string | undefined, second: string | undefined = first): [Stack, Stack] {
  const app = new App({ analyticsReporting: false });
  const propsOf = (account?: string): StackProps => account === undefined ? {} : { env: { account, region: 'eu-west-1' } };
  return [new Stack(app, 'First', propsOf(first)), new Stack(app, 'Second', propsOf(second))];
}

describe('the owner of a bucket', () => {
  test.each<[string, () => [Stack, s3.IBucket, Stack], unknown]>([
    ['of an app without env is the account of the template', () => { const [first, second] = stacks(undefined); return [first, new s3.Bucket(first, 'Bucket'), second]; }, { Ref: 'AWS::AccountId' }],
    ['of an app with env is its account', () => { const [first, second] = stacks(HERE); return [first, new s3.Bucket(first, 'Bucket'), second]; }, HERE],
    ['of a stack in another account is that account', () => { const [first, second] = stacks(ELSEWHERE, HERE); return [first, new s3.Bucket(first, 'Bucket'), second]; }, ELSEWHERE],
    ['of a stack without env is not certain in a stack with env', () => { const [first, second] = stacks(undefined, HERE); return [first, new s3.Bucket(first, 'Bucket'), second]; }, undefined],
    ['that wraps a resource of the app is the account of the template', () => {
      const [first, second] = stacks(undefined);
      return [first, s3.Bucket.fromCfnBucket(new s3.CfnBucket(first, 'Bucket')), second];
    }, { Ref: 'AWS::AccountId' }],
    ['that is imported by its name is not certain', () => { const [first, second] = stacks(HERE); return [first, s3.Bucket.fromBucketName(first, 'Bucket', 'shared'), second]; }, undefined],
    ['that is imported into a stack without env is not certain', () => { const [first, second] = stacks(undefined); return [first, imported(first), second]; }, undefined],
    ['that is imported with its account is that account', () => { const [first, second] = stacks(undefined); return [first, imported(first, ELSEWHERE), second]; }, ELSEWHERE],
    ['that is imported with a token for its account is that token', () => { const [first] = stacks(HERE); return [first, imported(first, Aws.ACCOUNT_ID), first]; }, { Ref: 'AWS::AccountId' }],
  ])('%s', (_, make, owner) => {
    const [stack, bucket, scope] = make();
    expect(stack.resolve(ownerOf(scope, bucket))).toEqual(owner);
  });

  test('is known to both functions, or to neither', () => {
    const variablesOf = (bucket?: (stack: Stack) => s3.IBucket) => {
      const stack = newStack();
      newJob({ payloadBucket: bucket?.(stack) }, stack);
      return Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Environment.Variables.BUCKET_OWNER);
    };
    expect(variablesOf()).toEqual([{ Ref: 'AWS::AccountId' }, { Ref: 'AWS::AccountId' }]);
    expect(variablesOf((stack) => imported(stack, ELSEWHERE))).toEqual([ELSEWHERE, ELSEWHERE]);
    expect(variablesOf((stack) => imported(stack))).toEqual([undefined, undefined]);
  });
});

describe('the folder of a job', () => {
  test('in a bucket of its app has the name that it always had, and its role has no other', () => {
    const [first, second] = stacks(undefined);
    const bucket = new s3.Bucket(first, 'Bucket');
    expect(foldersIn(bucket, second)).toEqual({ folder: Names.uniqueResourceName(second, { maxLength: 64 }) });
  });

  test('in a bucket that others use too has the account, the Region and the name of the stack', () => {
    const stack = new Stack(new App(), 'Id', { stackName: 'maps-prod', env: { account: HERE, region: 'eu-west-1' } });
    expect(foldersIn(imported(stack), stack).folder).toMatch(/^maps-prod-[0-9a-f]{8}-111122223333-eu-west-1$/);
    const agnostic = newStack();
    expect(agnostic.resolve(foldersIn(imported(agnostic), agnostic).folder)).toEqual({ 'Fn::Join': ['', [expect.stringMatching(/^Stack-[0-9a-f]{8}-$/), { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }]] });
  });

  test('has at most 92 characters and no slash, whatever the path', () => {
    const stack = new Stack(new App(), 'S'.repeat(100), { env: { account: HERE, region: 'ap-southeast-1' } });
    expect(foldersIn(imported(stack), stack).folder).toMatch(/^[A-Za-z0-9-]{92}$/);
  });

  test('is the same in the policy of a role that is in another stack', () => {
    const [first, second] = stacks(undefined);
    const jobRole = new iam.Role(first, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    new HeavyBatchJob(second, 'Job', { imageDirectory: IMAGE, jobRole, payloadBucket: imported(second) });
    const [, folder] = /\\"folder\\":\\"(Second-Job-[0-9a-f]{8}-)/.exec(JSON.stringify(Template.fromStack(second).toJSON()))!;
    Template.fromStack(first).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 's3:GetObject',
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::shared/payloads/${folder}`, { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }, '/*']] },
        })]),
      },
    });
  });
});

test('a map writes its results where no other app does, and may finish what it began to write', () => {
  const stack = newStack();
  const map = new HeavyBatchMap(stack, 'Each', { job: newJob({}, stack), bucket: new s3.Bucket(stack, 'Lists'), resultBucket: imported(stack) });
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  expect(text).toMatch(/\\"Prefix\\":\\"results\/Stack-Each-[0-9a-f]{8}-/);
  expect(text).toContain(`:s3:::shared/results/${Names.uniqueResourceName(map, { maxLength: 64 })}/*`);
  expect(text).toMatch(/:s3:::shared\/results\/Stack-Each-[0-9a-f]{8}-",\{"Ref":"AWS::AccountId"\}/);
});

/** An app with one job. Its paths are those of every other app that this makes. */
function appOf(stackName: string) {
  const outdir = temporary();
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'App', { stackName });
  const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: IMAGE, command: ['work', 'Ref::text'], parameters: { text: '-' }, payloadBucket: imported(stack) });
  app.synth();
  return { deployment: readDeployment(readAssembly(outdir)), former: Names.uniqueResourceName(job, { maxLength: 64 }) };
}

describe('two apps with the same paths and one bucket', () => {
  const [one, two] = [appOf('one'), appOf('two')];
  const { emulator, begin, run, requests } = scriptedEmulator(one.deployment);
  const roleOf = ({ deployment }: typeof one) => deployment.roles.find(({ path }) => path === 'App/Job/JobRole')!.arn;
  const may = (app: typeof one, action: string, key: string, now = '2027-01-01T00:00:00Z') => {
    const context = { 'aws:CurrentTime': now };
    return new Iam(app.deployment).refusal(roleOf(app), { action, resource: `arn:aws:s3:::shared/${key}`, context }) === undefined;
  };

  test("do not read each other's payloads and do not write each other's results", async () => {
    begin(succeeds);
    emulator.s3.put('shared', 'of/others', ''); // the bucket is there
    expect((await run({ parameters: { text: 'x'.repeat(20_000) } })).status).toBe('SUCCEEDED');
    const payloads = emulator.s3.keys('shared', 'payloads/');
    const result = requests[0].environment.HEAVY_BATCH_RESULT.replace('s3://shared/', '');
    expect(payloads).toHaveLength(2);
    expect([one, two].map((app) => payloads.map((key) => may(app, 's3:GetObject', key)))).toEqual([[true, true], [false, false]]);
    expect([one, two].map((app) => may(app, 's3:PutObject', result))).toEqual([true, false]);
  });

  test('keep the folder of jobs that a former version submitted, until the last of them has ended', () => {
    const accessOf = (app: typeof one, now: string) => [may(app, 's3:GetObject', `payloads/${app.former}/hb-1/input.json`, now), may(app, 's3:PutObject', `results/${app.former}/hb-1`, now)];
    for (const app of [one, two]) {
      expect(accessOf(app, '2028-05-31T23:59:59Z')).toEqual([true, true]);
      expect(accessOf(app, '2028-06-01T00:00:00Z')).toEqual([false, false]);
    }
  });
});
