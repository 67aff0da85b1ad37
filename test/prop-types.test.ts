import { CfnParameter, Duration, Lazy, Size, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { existingQueue, newJob, newStack } from './stacks';
import { HeavyBatchApi, HeavyBatchCompute, HeavyBatchJob, HeavyBatchQueueCompute } from '../src';

/** What users of plain JavaScript pass, or users who cast: each with the error that names the prop, the value and what to use. */
const WRONG: [title: string, props: any, message: string | RegExp][] = [
  ['a text for a number', { vcpus: '2' }, "'vcpus' is \"2\", which is not a number; use a number, such as 2"],
  ['a word for a number', { attempts: 'two' }, "'attempts' is \"two\", which is not a number; use a number, such as 2"],
  ['a list for a number', { gpus: [1] }, "'gpus' is [1], which is not a number; use a number, such as 2"],
  ['a number for a size', { memory: 2048 }, "'memory' is 2048, which is not a Size; use a Size, such as Size.mebibytes(2048)"],
  ['a text for a size', { maxMemory: '4 GiB' }, "'maxMemory' is \"4 GiB\", which is not a Size; use a Size, such as Size.mebibytes(...)"],
  ['a duration for a size', { memory: Duration.hours(1) }, "'memory' is an object of the class Duration, which is not a Size; use a Size, such as Size.mebibytes(...)"],
  ['a number for a duration', { attemptTimeout: 3600 }, "'attemptTimeout' is 3600, which is not a Duration; use a Duration, such as Duration.seconds(3600)"],
  ['a text for a list', { command: 'node x' }, "'command' is \"node x\", which is not a list; use a list, such as [\"node\",\"x\"]"],
  ['an empty list for a command', { command: [] }, "'command' is an empty list; leave it out to use the command of the image"],
  ['a number in a list of texts', { command: ['run', 5] }, "'command[1]' is 5, which is not a text; use a text, such as \"5\""],
  ['undefined in a list of texts', { command: ['run', undefined] }, "'command[1]' is missing; use a text"],
  ['a number for a parameter', { command: ['Ref::n'], parameters: { n: 5 } }, "'parameters.n' is 5, which is not a text; use a text, such as \"5\""],
  ['a list of parameters', { parameters: ['a'] }, "'parameters' is [\"a\"], which is not an object; use an object, such as { name: ... }"],
  ['true for a variable', { environment: { DEBUG: true } }, "'environment.DEBUG' is true, which is not a text; use a text, such as \"true\""],
  ['a text for a secret', { secrets: { PASSWORD: 'db' } }, "'secrets.PASSWORD' is \"db\", which is not an object; use batch.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(this, 'Secret', 'db'))"],
  ['a text for true', { tracing: 'yes' }, "'tracing' is \"yes\", which is not true or false; use true or false"],
  ['the name of an image', { imageDirectory: undefined, image: 'busybox:1' }, "'image' is \"busybox:1\", which is not an object; use ecs.ContainerImage.fromRegistry('busybox:1')"],
  ['null', { memory: null }, "'memory' is null; leave it out"],
  ['null in an object', { imageBuild: { target: null } }, "'imageBuild.target' is null; leave it out"],
  ['a volume in memory without a size', { tmpfs: [{ containerPath: '/cache' }] }, "'tmpfs[0].size' is missing; use a Size, such as Size.mebibytes(...)"],
  ['a limit that is a text', { ulimits: [{ name: batch.UlimitName.NOFILE, softLimit: '1', hardLimit: 2 }] }, "'ulimits[0].softLimit' is \"1\", which is not a number; use a number, such as 1"],
  ['a name of a limit that Docker does not know', { ulimits: [{ name: 'files', softLimit: 1, hardLimit: 2 }] }, /^'ulimits\[0\].name' is "files"; use core, cpu, .* or stack \(at Stack\/Job\)$/],
  ['a permission for a device that there is not', { devices: [{ hostPath: '/dev/fuse', permissions: ['RWM'] }] }, "'devices[0].permissions[0]' is \"RWM\"; use read, write or mknod"],
  ['a mode of the log that there is not', { logMode: 'nonBlocking' }, "'logMode' is \"nonBlocking\"; use blocking or non-blocking"],
  ['a number of days that CloudWatch Logs does not accept', { logRetention: 2 }, /^'logRetention' is 2; use 1, 3, 5, .* or 9999 \(at Stack\/Job\)$/],
  ['a text for a number of days', { logRetention: '7' }, "'logRetention' is \"7\", which is not a number; use a number, such as 7"],
  ['a long value, which is shortened', { vcpus: 'x'.repeat(100) }, `'vcpus' is "${'x'.repeat(56)}..., which is not a number; use a number, such as 2`],
];

const WRONG_OF_A_COMPUTE: [title: string, props: any, message: string][] = [
  ['names of instance types', { instanceTypes: ['c7i.large'] }, "'instanceTypes[0]' is \"c7i.large\", which is not an object; use new ec2.InstanceType('c7i.large')"],
  ['no instance types', { instanceTypes: [] }, "'instanceTypes' is an empty list; leave it out to let AWS Batch choose"],
  ['no instance classes', { instanceClasses: [] }, "'instanceClasses' is an empty list; leave it out to let AWS Batch choose"],
  ['no security groups', { securityGroups: [] }, "'securityGroups' is an empty list; leave it out, or name a security group"],
  ['the id of a VPC', { vpc: 'vpc-1' }, "'vpc' is \"vpc-1\", which is not an object; use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId: 'vpc-1' })"],
  ['the name of an architecture', { cpuArchitecture: 'ARM64' }, "'cpuArchitecture' is \"ARM64\", which is not an object; use ecs.CpuArchitecture.X86_64 or ecs.CpuArchitecture.ARM64"],
  ['a number for the decay of shares', { fairShare: { shareDecay: 600 } }, "'fairShare.shareDecay' is 600, which is not a Duration; use a Duration, such as Duration.seconds(600)"],
  ['a text as a weight', { fairShare: { weights: { A: '1' } } }, "'fairShare.weights.A' is \"1\", which is not a number; use a number, such as 1"],
  ['true for regulated', { regulated: true }, "'regulated' is true, which is not an object; use an object of options"],
  ['the ARN of a key', { regulated: { encryptionKey: 'arn' } }, "'regulated.encryptionKey' is \"arn\", which is not an object; use kms.Key.fromKeyArn(this, 'Key', 'arn')"],
  ['the ARN of a topic', { regulated: { alarmTopic: 'arn' } }, "'regulated.alarmTopic' is \"arn\", which is not an object; use sns.Topic.fromTopicArn(this, 'Topic', 'arn')"],
  ['true for fair shares', { fairShare: true }, "'fairShare' is true, which is not an object; use an object of options"],
];

test.each(WRONG)('a job is refused with %s', (_, props, message) => {
  expect(() => newJob(props)).toThrow(message instanceof RegExp ? message : `${message} (at Stack/Job)`);
});

test.each(WRONG_OF_A_COMPUTE)('a compute is refused with %s, and so is a job with a compute of its own', (_, props, message) => {
  expect(() => new HeavyBatchCompute(newStack(), 'Compute', props)).toThrow(`${message} (at Stack/Compute)`);
  expect(() => newJob(props)).toThrow(`${message} (at Stack/Job)`);
});

test('a compute on a queue is refused without a queue, and with the ARN of one', () => {
  const compute = (jobQueue: any) => () => new HeavyBatchQueueCompute(newStack(), 'Compute', { jobQueue });
  expect(compute(undefined)).toThrow("'jobQueue' is missing; use batch.JobQueue.fromJobQueueArn(this, 'Queue', '...') (at Stack/Compute)");
  expect(compute('arn')).toThrow("'jobQueue' is \"arn\", which is not an object; use batch.JobQueue.fromJobQueueArn(this, 'Queue', 'arn') (at Stack/Compute)");
});

test('a map is refused without a bucket, and with a number of seconds', () => {
  const stack = newStack();
  const job = newJob({}, stack);
  const bucket = s3.Bucket.fromBucketName(stack, 'Lists', 'lists');
  expect(() => job.addMap('One', {} as any)).toThrow("'bucket' is missing; use s3.Bucket.fromBucketName(this, 'Lists', '...') (at Stack/Job/One)");
  expect(() => job.addMap('Two', { bucket, timeout: 3600 as any })).toThrow("'timeout' is 3600, which is not a Duration; use a Duration, such as Duration.seconds(3600) (at Stack/Job/Two)");
});

test('an API is refused without jobs, and with a job in place of an entry', () => {
  const api = (props: any) => () => new HeavyBatchApi(newStack(), 'Api', props);
  expect(api({})).toThrow("'jobs' is missing; use a list (at Stack/Api)");
  expect(api({ jobs: [newJob()] })).toThrow("'jobs[0].job' is missing; use a HeavyBatchJob, or HeavyBatchJob.fromHeavyBatchJobAttributes(...) (at Stack/Api)");
  expect(api({ jobs: [{ job: newJob(), parameters: { size: { minimum: '1' } } }] })).toThrow("'jobs[0].parameters.size.minimum' is \"1\", which is not a number; use a number, such as 1 (at Stack/Api)");
});

test('a job is refused without props', () => {
  expect(() => new HeavyBatchJob(newStack(), 'Job', undefined as any)).toThrow("'props' is missing; use an object of options (at Stack/Job)");
});

test('empty lists that ask for nothing are accepted', () => {
  expect(() => newJob({ volumes: [], tmpfs: [], devices: [], ulimits: [], secrets: {}, environment: {}, parameters: {} })).not.toThrow();
});

describe('a token', () => {
  const numberIn = (stack: Stack) => new CfnParameter(stack, 'Parameter', { type: 'Number' }).valueAsNumber;

  test('is accepted in the place of a whole list of texts', () => {
    const stack = newStack();
    const command = new CfnParameter(stack, 'Command', { type: 'CommaDelimitedList' }).valueAsList;
    expect(() => newJob({ command }, stack)).not.toThrow();
  });

  test.each<[string, any, string]>([
    ['of objects', { devices: Lazy.any({ produce: () => [] }) as any }, "'devices' is a token, but its elements are needed at synth; use a list, whose elements may be tokens (at Stack/Job)"],
    ['of names', { environment: Lazy.any({ produce: () => ({}) }) as any }, "'environment' is a token, but its names are needed at synth; use an object, whose values may be tokens (at Stack/Job)"],
    ['of options', { fairShare: Lazy.any({ produce: () => ({}) }) as any }, "'fairShare' is a token, but its names are needed at synth; use an object, whose values may be tokens (at Stack/Job)"],
    ['of families', { instanceClasses: Token.asList({ Ref: 'Families' }) }, "'instanceClasses' is a token, but its elements are needed at synth; use a list, whose elements may be tokens (at Stack/Job)"],
  ])('in the place of a whole list or object %s is refused', (_, props, message) => {
    expect(() => newJob(props)).toThrow(message);
  });

  test('in another unit is refused with the unit that works', () => {
    const stack = newStack();
    expect(() => newJob({ memory: Size.gibibytes(numberIn(stack)) }, stack))
      .toThrow("'memory' is a token in another unit, and a token cannot be converted; use Size.mebibytes(...) (at Stack/Job)");
  });

  test('on an existing queue is refused in another unit, too', () => {
    const stack = newStack();
    expect(() => new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), fargate: true, scratchSize: Size.mebibytes(numberIn(stack)) }))
      .toThrow("'scratchSize' is a token in another unit, and a token cannot be converted; use Size.gibibytes(...) (at Stack/Compute)");
  });
});
