import { App, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IMAGE, newJob, newStack } from './stacks';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchQueueCompute, HeavyBatchQueueComputeProps } from '../src';

/** Each combination of props that cannot work, with the one error that says what would. */
const c4 = [new ec2.InstanceType('c4.xlarge'), new ec2.InstanceType('c4.large')];
const m4Large = [new ec2.InstanceType('m4.large')];
const gib = (amount: number) => Size.gibibytes(amount);

describe('a job with', () => {
  test.each<[string, any, string]>([
    ['no image', { imageDirectory: undefined }, "'imageDirectory' is missing, and so is 'image'; name the directory of the job's Dockerfile, or an image that exists (at Stack/Job)"],
    ['both images', { image: ecs.ContainerImage.fromRegistry('x') }, "'image' is given together with 'imageDirectory'; leave one of them out (at Stack/Job)"],
    ['an image that is built already', { imageDirectory: undefined, image: ecs.ContainerImage.fromRegistry('x'), imageBuild: {} }, "'imageBuild' is given together with 'image', which is built already; leave it out (at Stack/Job)"],
    ['no Dockerfile', { imageDirectory: __dirname }, `'imageDirectory' is ${__dirname}, in which there is no Dockerfile; name the directory that has it, or set 'imageBuild.file' (at Stack/Job)`],
    ['another Dockerfile that is not there', { imageBuild: { file: 'Other' } }, `'imageDirectory' is ${IMAGE}, in which there is no Other; name the directory that has it, or set 'imageBuild.file' (at Stack/Job)`],
    ['an ARM image on x86 instances', { instanceTypes: c4, imageBuild: { platform: ecrAssets.Platform.LINUX_ARM64 } }, "'imageBuild.platform' is linux/arm64, but the instances are x86_64; use linux/amd64, or leave it out (at Stack/Job)"],
    ['two architectures', { instanceTypes: [...c4, new ec2.InstanceType('c7g.large')] }, "'instanceTypes' has c7g.large, which is arm64, beside c4.xlarge, which is x86_64; use one architecture, or two computes (at Stack/Job/Compute)"],
    ['more vCPUs than maxvCpus', { vcpus: 8, maxvCpus: 4 }, "'vcpus' is 8, more than 'maxvCpus', 4; use 4 or less, or a larger 'maxvCpus' (at Stack/Job)"],
    ['more vCPUs than any instance has', { vcpus: 8, instanceTypes: c4 }, "'vcpus' is 8, but c4.xlarge has 4; use 4 or less, or a larger instance type (at Stack/Job)"],
    ['no vCPUs', { vcpus: 0 }, "'vcpus' is 0; use 1 to 1024 (at Stack/Job)"],
    ['more minvCpus than maxvCpus', { minvCpus: 8, maxvCpus: 4 }, "'minvCpus' is 8, more than 'maxvCpus', 4; use 4 or less (at Stack/Job/Compute)"],
    ['an m4.large\'s whole memory', { memory: Size.gibibytes(8), instanceTypes: m4Large }, "'memory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less, or a larger instance type (at Stack/Job)"],
    ['a most that is less than the memory', { memory: Size.gibibytes(4), maxMemory: Size.gibibytes(2) }, "'maxMemory' is 2048 MiB, less than 'memory', 4096 MiB; use 8192 or more, or leave it out (at Stack/Job)"],
    ['a most that nothing holds', { maxMemory: Size.gibibytes(8), instanceTypes: m4Large }, "'maxMemory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less, or a larger instance type (at Stack/Job)"],
    ['too little memory', { memory: Size.mebibytes(1) }, "'memory' is 1 MiB; use 4 to 33554432 MiB (at Stack/Job)"],
    ['an attempt of half a minute', { attemptTimeout: Duration.seconds(30) }, "'attemptTimeout' is 30 seconds; use 60 to 31536000 seconds (at Stack/Job)"],
    ['a queue of half a minute', { queueTimeout: Duration.seconds(30) }, "'queueTimeout' is 30 seconds; use 60 to 31536000 seconds (at Stack/Job)"],
    ['a run of two years', { runTimeout: Duration.days(730) }, "'runTimeout' is 63072000 seconds; use 60 to 31536000 seconds (at Stack/Job)"],
    ['eleven attempts', { attempts: 11 }, "'attempts' is 11; use 1 to 10 (at Stack/Job)"],
    ['half an attempt', { attempts: 1.5 }, "'attempts' is 1.5; use a whole number from 1 to 10 (at Stack/Job)"],
    ['a parameter without a default', { command: ['run', 'Ref::a'] }, "'command' refers to Ref::a, which has no default; add 'a' to 'parameters' (at Stack/Job)"],
    ['a parameter that nothing refers to', { command: ['run'], parameters: { a: '1' } }, "'parameters' has 'a', which 'command' does not refer to; write Ref::a into it, or use 'environment' (at Stack/Job)"],
    ['Batch\'s own environment', { environment: { AWS_BATCH_JOB_ID: '1' } }, "'environment' has 'AWS_BATCH_JOB_ID', but names with AWS_BATCH are taken; use another name (at Stack/Job)"],
    ['a fallback without Spot', { onDemandFallback: true }, "'onDemandFallback' is true, but 'spot' is not true; leave it out, or set 'spot' to true (at Stack/Job/Compute)"],
    ['an architecture that its instances have not', { instanceTypes: c4, cpuArchitecture: ecs.CpuArchitecture.ARM64 }, "'cpuArchitecture' is arm64, but c4.xlarge is x86_64; leave it out, or use other instance types (at Stack/Job/Compute)"],
    ['an architecture that nobody has', { cpuArchitecture: ecs.CpuArchitecture.of('MIPS') }, "'cpuArchitecture' is MIPS, which Batch does not know; use CpuArchitecture.X86_64 or CpuArchitecture.ARM64 (at Stack/Job/Compute)"],
    ['part of a vCPU on instances', { vcpus: 0.5 }, "'vcpus' is 0.5; use a whole number from 1 to 1024 (at Stack/Job)"],
    ['GPUs where none are', { gpus: 1, instanceTypes: c4 }, "'gpus' is 1, but c4.xlarge, c4.large has no NVIDIA GPU; use 'instanceTypes' that have, such as g6.xlarge, or leave it out (at Stack/Job)"],
    ['a family that the image does not run on', { instanceTypes: [new ec2.InstanceType('a1.large')] }, "'instanceTypes' has a1.large, which the ECS-optimized image for Amazon Linux 2023 does not support; use a newer family, such as m6g (at Stack/Job/Compute)"],

    // Disks
    ['more operations than the disk has', { scratchIops: 20_000 }, "'scratchIops' is 20000, but a volume of 30 GiB has 15000 at the most; use 15000 or less, or a larger 'scratchSize' (at Stack/Job/Compute)"],
    ['more throughput than its operations carry', { scratchThroughput: 1_000 }, "'scratchThroughput' is 1000 MiB/s, for which a volume has 4000 IOPS or more; use a 'scratchIops' of 4000, or less throughput (at Stack/Job/Compute)"],
    ['an instance store that is not there', { instanceStore: true, instanceTypes: c4 }, "'instanceStore' is true, but c4.xlarge has no NVMe instance store; use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize' (at Stack/Job/Compute)"],
    ['two disks for one purpose', { instanceStore: true, scratchSize: gib(10), instanceTypes: [new ec2.InstanceType('c6id.large')] }, "'scratchSize' is given together with 'instanceStore', which takes the place of that disk; leave one of them out (at Stack/Job/Compute)"],
    ['a path that is not from the root', { volumes: [batch.EcsVolume.host({ name: 'data', containerPath: 'data' })] }, "'volumes' is mounted at 'data'; use a path from the root, such as /mnt/files (at Stack/Job)"],
    ['two volumes at one path', { volumes: ['a', 'b'].map((name) => batch.EcsVolume.host({ name, containerPath: '/data' })) }, "'volumes' is mounted at '/data', and so is 'a'; use another path (at Stack/Job)"],

    // Fargate
    ['instance types on Fargate', { fargate: true, instanceTypes: c4 }, "'instanceTypes' is given, but 'fargate' is true, where there are no instances; leave one of them out (at Stack/Job/Compute)"],
    ['instance classes on Fargate', { fargate: true, instanceClasses: [ec2.InstanceClass.C6I] }, "'instanceClasses' is given, but 'fargate' is true, where there are no instances; leave one of them out (at Stack/Job/Compute)"],
    ['optimal classes on Fargate', { fargate: true, useOptimalInstanceClasses: true }, "'useOptimalInstanceClasses' is given, but 'fargate' is true, where there are no instances; leave one of them out (at Stack/Job/Compute)"],
    ['vCPUs kept running on Fargate', { fargate: true, minvCpus: 4 }, "'minvCpus' is given, but 'fargate' is true, where there are no instances; leave one of them out (at Stack/Job/Compute)"],
    ['GPUs on Fargate', { fargate: true, gpus: 1 }, "'gpus' is 1, but there are none on Fargate; leave it out, or use instances that have them (at Stack/Job)"],
    ['three vCPUs on Fargate', { fargate: true, vcpus: 3 }, "'vcpus' is 3, which Fargate does not have; use 0.25, 0.5, 1, 2, 4, 8, 16 (at Stack/Job)"],
    ['too little memory for its vCPUs on Fargate', { fargate: true, memory: gib(1) }, "'memory' is 1024 MiB, but with 1 vCPU Fargate has 2048 to 8192 MiB in steps of 1024; use one of them, or other 'vcpus' (at Stack/Job)"],
    ['memory between Fargate\'s steps', { fargate: true, vcpus: 8, memory: gib(17) }, "'memory' is 17408 MiB, but with 8 vCPUs Fargate has 16384 to 61440 MiB in steps of 4096; use one of them, or other 'vcpus' (at Stack/Job)"],
    ['memory that the smallest task has not', { fargate: true, vcpus: 0.25, memory: Size.mebibytes(1536) }, "'memory' is 1536 MiB, but with 0.25 vCPUs Fargate has 512, 1024, 2048 MiB; use one of them, or other 'vcpus' (at Stack/Job)"],
    ['a most that Fargate has not', { fargate: true, memory: gib(2), maxMemory: gib(16) }, "'maxMemory' is 16384 MiB, but with 1 vCPU Fargate has 2048 to 8192 MiB in steps of 1024; use one of them, or other 'vcpus' (at Stack/Job)"],
    ['a most that is less than Fargate\'s least', { fargate: true, maxMemory: gib(1) }, "'maxMemory' is 1024 MiB, but with 1 vCPU Fargate has 2048 to 8192 MiB in steps of 1024; use one of them, or other 'vcpus' (at Stack/Job)"],
    ['more disk than Fargate has', { fargate: true, scratchSize: gib(181) }, "'scratchSize' is 181 GiB; use 1 to 180 GiB (at Stack/Job)"],
    ['a faster disk on Fargate', { fargate: true, scratchIops: 4_000 }, "'scratchIops' is given, but 'fargate' is true, where there are no instances; leave one of them out (at Stack/Job/Compute)"],
    ['an instance store on Fargate', { fargate: true, instanceStore: true }, "'instanceStore' is given, but 'fargate' is true, where there are no instances; leave one of them out (at Stack/Job/Compute)"],
    ['a directory of the instance on Fargate', { fargate: true, volumes: [batch.EcsVolume.host({ name: 'data', containerPath: '/data', hostPath: '/data' })] }, "'volumes' has 'data', a directory of the instance, but there is none on Fargate; use a file system (at Stack/Job)"],
    ['another platform than Fargate\'s', { fargate: true, imageBuild: { platform: ecrAssets.Platform.LINUX_ARM64 } }, "'imageBuild.platform' is linux/arm64, but the job runs on x86_64; use linux/amd64, or leave it out (at Stack/Job)"],

    // Payloads
    ['payloads that are kept for half a day', { payloadRetention: Duration.hours(12) }, "'payloadRetention' is 0.5 days; use a whole number from 1 to 3650 (at Stack/Job/Compute)"],

    // Nodes
    ['one node', { nodes: 1 }, "'nodes' is 1; use 2 to 1000 (at Stack/Job)"],
    ['nodes on Spot', { nodes: 2, spot: true }, "'nodes' is 2, but 'spot' is true, which Batch does not take for multi-node jobs; set 'spot' to false (at Stack/Job)"],
    ['nodes on Fargate', { nodes: 2, fargate: true }, "'nodes' is 2, but 'fargate' is true, which Batch does not take for multi-node jobs; use instances (at Stack/Job)"],
    ['more nodes than vCPUs', { nodes: 5, vcpus: 2, maxvCpus: 8 }, "'nodes' is 5, which have 10 vCPUs, more than 'maxvCpus', 8; use 4 or less, or a larger 'maxvCpus' (at Stack/Job)"],

    // Shares
    ['a share without shares', { shareIdentifier: 'a' }, "'shareIdentifier' is a, but the compute has no 'fairShare'; leave it out, or give the compute 'fairShare' (at Stack/Job)"],
    ['a priority without shares', { schedulingPriority: 1 }, "'schedulingPriority' is 1, but the compute has no 'fairShare'; leave it out, or give the compute 'fairShare' (at Stack/Job)"],
    ['a share with a hyphen', { fairShare: {}, shareIdentifier: 'a-b' }, "'shareIdentifier' is 'a-b'; use 1 to 255 letters and digits (at Stack/Job)"],
    ['a priority of 10,000', { fairShare: {}, schedulingPriority: 10_000 }, "'schedulingPriority' is 10000; use 0 to 9999 (at Stack/Job)"],
    ['a weight of nothing', { fairShare: { weights: { a: 0 } } }, "'fairShare.weights.a' is 0; use 0.0001 to 999.9999 (at Stack/Job/Compute)"],
    ['a weight of a share with a hyphen', { fairShare: { weights: { 'a-b': 1 } } }, "'fairShare.weights' has 'a-b'; use up to 255 letters and digits, with a * at the end for all that begin so (at Stack/Job/Compute)"],
    ['two weights of one share', { fairShare: { weights: { 'team*': 1, 'teamA': 2 } } }, "'fairShare.weights' has 'teamA' beside 'team*', which stands for it too; leave one of them out (at Stack/Job/Compute)"],
    ['a decay of eight days', { fairShare: { shareDecay: Duration.days(8) } }, "'fairShare.shareDecay' is 691200 seconds; use 0 to 604800 seconds (at Stack/Job/Compute)"],
    ['all reserved', { fairShare: { computeReservation: 100 } }, "'fairShare.computeReservation' is 100 %; use 0 to 99 % (at Stack/Job/Compute)"],
  ])('%s', (_, props, message) => {
    expect(errorOf(() => new HeavyBatchJob(newStack(), 'Job', { imageDirectory: IMAGE, ...props }))).toBe(message);
  });

  test('props of a compute beside a compute', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute');
    expect(errorOf(() => new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: IMAGE, maxvCpus: 4 })))
      .toBe("'maxvCpus' is given together with 'compute'; set it on Stack/Compute, or leave 'compute' out (at Stack/Job)");
  });

  test('a bucket whose lifecycle is another\'s, and a retention', () => {
    const stack = newStack();
    expect(errorOf(() => newJob({ payloadBucket: new s3.Bucket(stack, 'Bucket'), payloadRetention: Duration.days(1) }, stack)))
      .toBe("'payloadRetention' is given together with 'payloadBucket', whose lifecycle is yours; leave it out (at Stack/Job/Compute)");
  });

  test('a secret that is an environment variable too', () => {
    const stack = newStack();
    const secrets = { A: batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')) };
    expect(errorOf(() => newJob({ secrets, environment: { A: '1' } }, stack))).toBe("'secrets' has 'A', and so has 'environment'; leave one of them out (at Stack/Job)");
  });

  test.each<[string, any, string]>([
    ['vCPUs that only the deployment knows, and no memory', {}, "'memory' is missing, and what goes with 'vcpus' on Fargate is not known before it is deployed; set both (at Stack/Job)"],
    ['memory that goes with no number of them', { memory: Size.mebibytes(1000) }, "'memory' is 1000 MiB, which Fargate has for no number of vCPUs; use a whole number of GiB (at Stack/Job)"],
  ])('%s, on Fargate', (_, props, message) => {
    const stack = newStack();
    const vcpus = new CfnParameter(stack, 'Vcpus', { type: 'Number' }).valueAsNumber;
    expect(errorOf(() => newJob({ fargate: true, vcpus, ...props }, stack))).toBe(message);
  });
});

describe('a queue that exists with', () => {
  test.each<[string, Partial<HeavyBatchQueueComputeProps>, string]>([
    ['instance types on Fargate', { fargate: true, instanceTypes: m4Large }, "'instanceTypes' is given, but 'fargate' is true, where there are no instances; leave one of them out (at Stack/Queue)"],
    ['room for containers on instances', { scratchSize: gib(10) }, "'scratchSize' is given, but 'fargate' is not true; leave it out: instances have the disk that their environment gives (at Stack/Queue)"],
    ['public addresses on instances', { assignPublicIp: true }, "'assignPublicIp' is true, but 'fargate' is not true; leave it out: instances have the addresses that their subnets give (at Stack/Queue)"],
    ['two architectures', { instanceTypes: m4Large, cpuArchitecture: ecs.CpuArchitecture.ARM64 }, "'cpuArchitecture' is arm64, but m4.large is x86_64; leave it out, or use other instance types (at Stack/Queue)"],
  ])('%s', (_, attributes, message) => {
    const stack = newStack();
    const jobQueue = batch.JobQueue.fromJobQueueArn(stack, 'Existing', 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy');
    expect(errorOf(() => new HeavyBatchQueueCompute(stack, 'Queue', { jobQueue, ...attributes }))).toBe(message);
  });

  test('a job that its instances cannot hold', () => {
    const stack = new Stack(new App(), 'Stack');
    const jobQueue = batch.JobQueue.fromJobQueueArn(stack, 'Existing', 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy');
    const compute = new HeavyBatchQueueCompute(stack, 'Queue', { jobQueue, instanceTypes: m4Large, maxvCpus: 1 });
    expect(errorOf(() => newJob({ compute, memory: gib(8) }, stack)))
      .toBe("'memory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less, or a larger instance type (at Stack/Job)");
    expect(errorOf(() => new HeavyBatchJob(stack, 'Other', { compute, imageDirectory: IMAGE, vcpus: 2 })))
      .toBe("'vcpus' is 2, more than 'maxvCpus', 1; use 1 or less, or a larger 'maxvCpus' (at Stack/Other)");
  });
});

/** The whole of the one error. */
function errorOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}
