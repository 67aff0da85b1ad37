import * as path from 'path';
import { App, CfnParameter, Duration, Size, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { existingQueue, IMAGE, newJob, newStack } from './stacks';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchQueueCompute, HeavyBatchQueueComputeProps, HeavyBatchResultSource } from '../src';

/** Props that are not valid, alone or together, each with the error that names a remedy. */
const c4 = [new ec2.InstanceType('c4.xlarge'), new ec2.InstanceType('c4.large')];
const m4Large = [new ec2.InstanceType('m4.large')];
const DOCKERFILE = path.join(IMAGE, 'Dockerfile');
const TOKEN = Token.asString({ Ref: 'Parameter' });
const gib = (amount: number) => Size.gibibytes(amount);

describe('a job is refused with', () => {
  test.each<[string, any, string]>([
    ['no image', { imageDirectory: undefined }, "'imageDirectory' is missing, and 'image' is missing too; use the directory of the job's Dockerfile, or an 'image' that exists already (at Stack/Job)"],
    ['an image and a directory of an image', { image: ecs.ContainerImage.fromRegistry('x') }, "'image' is given together with 'imageDirectory'; leave one of them out (at Stack/Job)"],
    ['options to build an image that exists already', { imageDirectory: undefined, image: ecs.ContainerImage.fromRegistry('x'), imageBuild: {} }, "'imageBuild' is given together with 'image', which is built already; leave one of them out (at Stack/Job)"],
    ['a directory without a Dockerfile', { imageDirectory: __dirname }, `'imageDirectory' is ${__dirname}, where there is no Dockerfile; use the directory that contains it, or set 'imageBuild.file' (at Stack/Job)`],
    ['a Dockerfile that does not exist', { imageBuild: { file: 'Other' } }, `'imageDirectory' is ${IMAGE}, where there is no Other; use the directory that contains it, or set 'imageBuild.file' (at Stack/Job)`],
    ['a directory that does not exist', { imageDirectory: '/does/not/exist' }, "'imageDirectory' is '/does/not/exist', which does not exist; use the directory of the job's Dockerfile (at Stack/Job)"],
    ['a directory that does not exist below the current one', { imageDirectory: './nowhere' }, `'imageDirectory' is './nowhere', which does not exist in ${process.cwd()}; use the directory of the job's Dockerfile (at Stack/Job)`],
    ['a Dockerfile for its directory', { imageDirectory: DOCKERFILE }, `'imageDirectory' is ${DOCKERFILE}, which is a file; use its directory, and 'imageBuild.file' for a Dockerfile with another name (at Stack/Job)`],
    ['a Dockerfile above its directory', { imageBuild: { file: '../Dockerfile' } }, "'imageBuild.file' is ../Dockerfile, but only what is in 'imageDirectory' is copied to where the image is built; use an 'imageDirectory' that contains both, and the path of the Dockerfile in it (at Stack/Job)"],
    ['a Dockerfile with an absolute path', { imageBuild: { file: DOCKERFILE } }, `'imageBuild.file' is ${DOCKERFILE}, but only what is in 'imageDirectory' is copied to where the image is built; use an 'imageDirectory' that contains both, and the path of the Dockerfile in it (at Stack/Job)`],
    ['a directory for its Dockerfile', { imageBuild: { file: '.' } }, `'imageDirectory' is ${IMAGE}, where there is no .; use the directory that contains it, or set 'imageBuild.file' (at Stack/Job)`],
    ['a directory that is a token', { imageDirectory: TOKEN }, "'imageDirectory' has a token, but its value is needed before the deployment, when the image is built; use a value that is known at synth (at Stack/Job)"],
    ['a token deep in the options of its build', { imageBuild: { cacheFrom: [{ type: 'registry', params: { ref: `cache:${TOKEN}` } }] } }, "'imageBuild.cacheFrom' has a token, but its value is needed before the deployment, when the image is built; use a value that is known at synth (at Stack/Job)"],
    ['a token as a name of a build argument', { imageBuild: { buildArgs: { [TOKEN]: '1' } } }, "'imageBuild.buildArgs' has a token, but its value is needed before the deployment, when the image is built; use a value that is known at synth (at Stack/Job)"],
    ['a name that no ECR repository can have', { imageBuild: { assetName: 'My--Job' } }, "'imageBuild.assetName' is 'My--Job'; use lower-case letters and digits, and single hyphens, underscores, dots or slashes between them (at Stack/Job)"],
    ['an ARM image on x86 instances', { instanceTypes: c4, imageBuild: { platform: ecrAssets.Platform.LINUX_ARM64 } }, "'imageBuild.platform' is linux/arm64, but the instances are x86_64; use linux/amd64, or leave it out (at Stack/Job)"],
    ['instance types of two architectures', { instanceTypes: [...c4, new ec2.InstanceType('c7g.large')] }, "'instanceTypes' has c7g.large, which is arm64, but c4.xlarge is x86_64; use instances of one architecture, or two computes (at Stack/Job/Compute)"],
    ['more vCPUs than maxvCpus', { vcpus: 8, maxvCpus: 4 }, "'vcpus' is 8, but 'maxvCpus' is 4; use 4 or less, or a larger 'maxvCpus' (at Stack/Job)"],
    ['more vCPUs than any instance has', { vcpus: 8, instanceTypes: c4 }, "'vcpus' is 8, but c4.xlarge has 4; use 4 or less, or a larger instance type (at Stack/Job)"],
    ['no vCPUs', { vcpus: 0 }, "'vcpus' is 0; use 1 to 1024 (at Stack/Job)"],
    ['more minvCpus than maxvCpus', { minvCpus: 8, maxvCpus: 4 }, "'minvCpus' is 8, but 'maxvCpus' is 4; use 4 or less (at Stack/Job/Compute)"],
    ['all memory of an m4.large', { memory: Size.gibibytes(8), instanceTypes: m4Large }, "'memory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less, or a larger instance type (at Stack/Job)"],
    ['less maxMemory than memory', { memory: Size.gibibytes(4), maxMemory: Size.gibibytes(2) }, "'maxMemory' is 2048 MiB, but 'memory' is 4096 MiB; use more than 4096, for example 8192, or leave it out (at Stack/Job)"],
    ['more maxMemory than any instance leaves', { maxMemory: Size.gibibytes(8), instanceTypes: m4Large }, "'maxMemory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less, or a larger instance type (at Stack/Job)"],
    ['too little memory', { memory: Size.mebibytes(1) }, "'memory' is 1 MiB; use 4 to 33554432 MiB (at Stack/Job)"],
    ['a time-out of half a minute for an attempt', { attemptTimeout: Duration.seconds(30) }, "'attemptTimeout' is 30 seconds; use 60 to 31536000 seconds (at Stack/Job)"],
    ['a time-out of half a minute for the job queue', { queueTimeout: Duration.seconds(30) }, "'queueTimeout' is 30 seconds; use 60 to 31536000 seconds (at Stack/Job)"],
    ['a time-out of two years for a run', { runTimeout: Duration.days(730) }, "'runTimeout' is 63072000 seconds; use 60 to 31536000 seconds (at Stack/Job)"],
    ['eleven attempts', { attempts: 11 }, "'attempts' is 11; use 1 to 10 (at Stack/Job)"],
    ['half an attempt', { attempts: 1.5 }, "'attempts' is 1.5; use a whole number from 1 to 10 (at Stack/Job)"],
    ['a parameter without a default', { command: ['run', 'Ref::a'] }, "'command' refers to Ref::a, but 'parameters' has no 'a'; add it with a default value (at Stack/Job)"],
    ['a parameter that the command does not refer to', { command: ['run'], parameters: { a: '1' } }, "'parameters' has 'a', but 'command' does not refer to it; use Ref::a in 'command', or use 'environment' (at Stack/Job)"],
    ['an environment variable of Batch', { environment: { AWS_BATCH_JOB_ID: '1' } }, "'environment' has 'AWS_BATCH_JOB_ID', but names that begin with AWS_BATCH are reserved; use another name (at Stack/Job)"],
    ['an empty word in its command', { command: ['run', ''] }, "'command[1]' is empty, and AWS Batch accepts no empty words; leave it out, or give it a value that stands for nothing (at Stack/Job)"],
    ['a word with a NUL', { command: ['a\0'] }, "'command[0]' has a NUL character, which no container can receive; leave it out (at Stack/Job)"],
    ['half of a character in a word', { command: ['a\ud800'] }, "'command[0]' has half of a surrogate pair, which is not a character; leave it out, or use both halves (at Stack/Job)"],
    ['a default value that is an empty word', { command: ['run', 'Ref::a'], parameters: { a: '' } }, "'parameters.a' is empty, and so would be Ref::a, a word of 'command', and AWS Batch accepts no empty words; use a default value that stands for nothing (at Stack/Job)"],
    ['a default value with a NUL', { command: ['run', 'Ref::a'], parameters: { a: '\0' } }, "'parameters.a' has a NUL character, which no container can receive; leave it out (at Stack/Job)"],
    ['a parameter that the CDK leaves out', { command: ['run', 'Ref::__proto__'], parameters: JSON.parse('{"__proto__":"x"}') }, "'parameters' has '__proto__', a name that the CDK leaves out of templates; use another name (at Stack/Job)"],
    ['a parameter of the library', { command: ['run', 'Ref::heavyBatchToken'], parameters: { heavyBatchToken: 'x' } }, "'parameters' has 'heavyBatchToken', which is reserved for what a job carries about its run; use another name (at Stack/Job)"],
    ['a variable of the SDK that a run may set', { allowedOverrides: { environment: ['AWS_REGION'] } }, "'allowedOverrides.environment' has \"AWS_REGION\", which begins with AWS_, and would change how the container calls AWS; use another name (at Stack/Job)"],
    ['a variable of the loader that a run may set', { allowedOverrides: { environment: ['LD_PRELOAD'] } }, "'allowedOverrides.environment' has \"LD_PRELOAD\", which would change which code the container runs or trusts; use another name, or set it in the job's 'environment' (at Stack/Job)"],
    ['a variable of the library that a run may set', { allowedOverrides: { environment: ['HEAVY_BATCH_ROUND'] } }, "'allowedOverrides.environment' has \"HEAVY_BATCH_ROUND\", which begins with HEAVY_BATCH_, which is reserved for the variables that a run sets; use another name (at Stack/Job)"],
    ['a secret that a run may set', { secrets: { KEY: {} as any }, allowedOverrides: { environment: ['KEY'] } }, "'allowedOverrides.environment' has 'KEY', the name of a secret, which a run must not replace; leave it out (at Stack/Job)"],
    ['an environment variable without a value', { environment: { MODE: '' } }, "'environment.MODE' is empty, and AWS Batch ignores a variable without a value; give it a value that stands for nothing, or leave it out (at Stack/Job)"],
    ['an environment variable with a NUL', { environment: { MODE: 'a\0' } }, "'environment.MODE' has a NUL character, which no container can receive; leave it out (at Stack/Job)"],
    ['an environment variable without a name', { environment: { '': 'x' } }, "'environment' has \"\", which is not a name for an environment variable; use characters other than '=' and NUL (at Stack/Job)"],
    ['a secret whose name has an equals sign', { secrets: { 'A=B': {} as any } }, "'secrets' has \"A=B\", which is not a name for an environment variable; use characters other than '=' and NUL (at Stack/Job)"],
    ['a command that is too long for ECS', { command: ['x'.repeat(8_000)] }, "'command' has 8016 characters with the default values of its parameters, but Amazon ECS accepts about 7168; use shorter values, or a file (at Stack/Job)"],
    ['default values that are too long for ECS', { command: ['run', 'Ref::a'], parameters: { a: 'x'.repeat(8_000) } }, "'command' has 8022 characters with the default values of its parameters, but Amazon ECS accepts about 7168; use shorter values, or a file (at Stack/Job)"],
    ['an environment that is too long for a job definition', { environment: { LONG: 'ü'.repeat(12_500) } }, "'environment' makes a job definition of more than 25073 bytes, but AWS Batch accepts 24576; use shorter values, or a file (at Stack/Job)"],
    ['a fraction of a MiB', { memory: Size.kibibytes(5_000) }, "'memory' is 4.8828125 MiB; use a whole number from 4 to 33554432 (at Stack/Job)"],
    ['a container that only two instances together could hold', { vcpus: 16, memory: gib(24), instanceTypes: [new ec2.InstanceType('c6i.2xlarge'), new ec2.InstanceType('c6i.4xlarge'), new ec2.InstanceType('r6i.2xlarge')].slice(0, 3), gpus: undefined, maxMemory: gib(40) }, "'maxMemory' is 40960 MiB, but no instance can hold a container of 16 vCPUs with 40960 MiB; the largest hold 16 vCPUs with 32736 MiB, or 8 vCPUs with 65504 MiB; use less, or a larger instance type (at Stack/Job)"],
    ['more vCPUs than any size of its instance class', { vcpus: 200, instanceClasses: [ec2.InstanceClass.C6I] }, "'memory' is 1024 MiB, but no instance can hold a container of 200 vCPUs with 1024 MiB; the largest hold 128 vCPUs with 262112 MiB; use less, or a larger instance type (at Stack/Job)"],
    ['an on-demand fallback without Spot', { onDemandFallback: true }, "'onDemandFallback' is true, but 'spot' is not true; leave it out, or set 'spot' to true (at Stack/Job/Compute)"],
    ['another architecture than its instances have', { instanceTypes: c4, cpuArchitecture: ecs.CpuArchitecture.ARM64 }, "'cpuArchitecture' is arm64, but c4.xlarge is x86_64; leave it out, or use other instance types (at Stack/Job/Compute)"],
    ['an architecture that Batch does not support', { cpuArchitecture: ecs.CpuArchitecture.of('MIPS') }, "'cpuArchitecture' is MIPS, which AWS Batch does not support; use CpuArchitecture.X86_64 or CpuArchitecture.ARM64 (at Stack/Job/Compute)"],
    ['half a vCPU on instances', { vcpus: 0.5 }, "'vcpus' is 0.5; use a whole number from 1 to 1024 (at Stack/Job)"],
    ['GPUs on instances without GPUs', { gpus: 1, instanceTypes: c4 }, "'gpus' is 1, but c4.xlarge, c4.large have no NVIDIA GPU; use 'instanceTypes' with GPUs, such as g6.xlarge, or leave 'gpus' out (at Stack/Job)"],
    ['an instance family that the image does not support', { instanceTypes: [new ec2.InstanceType('a1.large')] }, "'instanceTypes' has a1.large, which the ECS-optimized image for Amazon Linux 2023 does not support; use another family, such as m6g, or a 'machineImage' that supports it (at Stack/Job/Compute)"],

    ['a text that no path can be', { imageDirectory: 'a\0' }, `'imageDirectory' is 'a\0', which does not exist in ${process.cwd()}; use the directory of the job's Dockerfile (at Stack/Job)`],
    ['a name of a parameter that is a token', { command: ['run'], parameters: { [TOKEN]: 'x' } }, "'parameters' has a name that is a token, but a key in a template cannot be one; use a name that is known at synth (at Stack/Job)"],
    ['half a second in its time-out', { attemptTimeout: Duration.millis(60_500) }, "'attemptTimeout' is 60.5 seconds; use a whole number from 60 to 31536000 (at Stack/Job)"],
    ['a fraction of a MiB as maxMemory', { maxMemory: Size.kibibytes(5_000), instanceTypes: c4 }, "'maxMemory' is 4.8828125 MiB; use a whole number from 4 to 33554432 (at Stack/Job)"],
    ['a state machine without a name', { stateMachineName: '' }, "'stateMachineName' is \"\"; use 1 to 80 letters, digits, hyphens and underscores (at Stack/Job)"],
    ['a name of a state machine with a slash', { stateMachineName: 'a/b' }, "'stateMachineName' is \"a/b\"; use 1 to 80 letters, digits, hyphens and underscores (at Stack/Job)"],
    ['a long name of a state machine', { stateMachineName: 'x'.repeat(81) }, `'stateMachineName' is "${'x'.repeat(81)}"; use 1 to 80 letters, digits, hyphens and underscores (at Stack/Job)`],

    // Network
    ['subnets that the VPC has not', { vpcSubnets: { subnetGroupName: 'Private' } }, "'vpcSubnets' has no subnet for the jobs: There are no subnet groups with name 'Private' in this VPC. Available names: Public; use a selection of subnets that the VPC has, or leave it out (at Stack/Job/Compute)"],
    ['an empty list of subnets', { vpcSubnets: { subnets: [] } }, "'vpcSubnets' has no subnet for the jobs; use a selection of subnets that the VPC has, or leave it out (at Stack/Job/Compute)"],

    // Disks
    ['more IOPS than its disk can have', { scratchIops: 20_000 }, "'scratchIops' is 20000, but a volume of 30 GiB has at most 15000; use 15000 or less, or a larger 'scratchSize' (at Stack/Job/Compute)"],
    ['more throughput than its IOPS allow', { scratchThroughput: 1_000 }, "'scratchThroughput' is 1000 MiB/s, which needs at least 4000 IOPS; use 4000 for 'scratchIops', or less throughput (at Stack/Job/Compute)"],
    ['an instance store on instances without one', { instanceStore: true, instanceTypes: c4 }, "'instanceStore' is true, but c4.xlarge has no NVMe instance store; use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize' (at Stack/Job/Compute)"],
    ['an instance store and a scratch disk', { instanceStore: true, scratchSize: gib(10), instanceTypes: [new ec2.InstanceType('c6id.large')] }, "'scratchSize' is given together with 'instanceStore', which replaces that disk; leave one of them out (at Stack/Job/Compute)"],
    ['a volume at a relative path', { volumes: [batch.EcsVolume.host({ name: 'data', containerPath: 'data' })] }, "'volumes' is mounted at 'data', which is not an absolute path below '/'; use a path such as /mnt/files (at Stack/Job)"],
    ['two volumes at the same path', { volumes: ['a', 'b'].map((name) => batch.EcsVolume.host({ name, containerPath: '/data' })) }, "'volumes' is mounted at '/data', but 'a' is mounted there too; use another path (at Stack/Job)"],

    ['a tmpfs where a volume is', { volumes: [batch.EcsVolume.host({ name: 'a', containerPath: '/data' })], tmpfs: [{ containerPath: '/data', size: gib(1) }] }, "'tmpfs' is mounted at '/data', but 'a' is mounted there too; use another path (at Stack/Job)"],
    ['a tmpfs at a relative path', { tmpfs: [{ containerPath: 'data', size: gib(1) }] }, "'tmpfs' is mounted at 'data', which is not an absolute path below '/'; use a path such as /mnt/files (at Stack/Job)"],
    ['a volume with the name of the scratch volume', { readonlyRootFilesystem: true, volumes: [batch.EcsVolume.host({ name: 'scratch', containerPath: '/data' })] }, "'volumes' has 'scratch', which is the name of the volume for the prop 'readonlyRootFilesystem'; use another name (at Stack/Job)"],

    // Linux
    ['half a MiB of shared memory', { sharedMemorySize: Size.kibibytes(512) }, "'sharedMemorySize' is 0.5 MiB; use a whole number from 1 to 33554432 (at Stack/Job)"],
    ['no shared memory', { sharedMemorySize: Size.mebibytes(0) }, "'sharedMemorySize' is 0 MiB; use 1 to 33554432 MiB (at Stack/Job)"],
    ['shared memory as a token in GiB', { sharedMemorySize: Size.gibibytes(Token.asNumber({ Ref: 'Size' })) }, "'sharedMemorySize' is a token in another unit, and a token cannot be converted; use Size.mebibytes(...) (at Stack/Job)"],
    ['an empty tmpfs', { tmpfs: [{ containerPath: '/a', size: Size.mebibytes(0) }] }, "'tmpfs[0].size' is 0 MiB; use 1 to 33554432 MiB (at Stack/Job)"],
    ['a device without a path', { devices: [{ hostPath: 'fuse' }] }, "'devices[0].hostPath' is 'fuse'; use the absolute path of a device, such as /dev/fuse (at Stack/Job)"],
    ['a soft limit above the hard one', { ulimits: [{ name: batch.UlimitName.NOFILE, softLimit: 9, hardLimit: 8 }] }, "'ulimits[0]' has the soft limit 9 for nofile, but the hard limit 8; use a soft limit of 8 or less (at Stack/Job)"],
    ['no soft limit below a hard one', { ulimits: [{ name: batch.UlimitName.CORE, softLimit: -1, hardLimit: 8 }] }, "'ulimits[0]' has no soft limit for core, but the hard limit 8; use a soft limit of 8 or less (at Stack/Job)"],
    ['a limit of -2', { ulimits: [{ name: batch.UlimitName.CORE, softLimit: 0, hardLimit: -2 }] }, "'ulimits[0].hardLimit' is -2; use a whole number, or -1 for no limit (at Stack/Job)"],
    ['half a limit', { ulimits: [{ name: batch.UlimitName.CORE, softLimit: 0.5, hardLimit: 2 }] }, "'ulimits[0].softLimit' is 0.5; use a whole number, or -1 for no limit (at Stack/Job)"],
    ['a user without a name', { user: '' }, "'user' is empty; use a name or a number, or leave it out (at Stack/Job)"],
    ['a shell in read-only files', { enableExecuteCommand: true, readonlyRootFilesystem: true }, "'enableExecuteCommand' is true, but 'readonlyRootFilesystem' is true, and the agent that opens a shell writes files in the container; leave one of them out (at Stack/Job)"],
    ...Object.entries({ sharedMemorySize: gib(1), tmpfs: [{ containerPath: '/a', size: gib(1) }], devices: [{ hostPath: '/dev/fuse' }], ulimits: [{ name: batch.UlimitName.CORE, softLimit: 0, hardLimit: 0 }], privileged: true })
      .map(([prop, value]): [string, any, string] => [`${prop} on Fargate`, { fargate: true, [prop]: value }, `'${prop}' is given, but 'fargate' is true, and AWS Batch does not support it on Fargate; leave it out, or use instances (at Stack/Job)`]),

    // Logs
    ['a buffer for a log that blocks', { logMaxBufferSize: gib(1) }, "'logMaxBufferSize' is given, but 'logMode' is not NON_BLOCKING, and only then there is a buffer; set it to NON_BLOCKING, or leave 'logMaxBufferSize' out (at Stack/Job)"],
    ['a buffer of 2 GiB', { logMode: ecs.AwsLogDriverMode.NON_BLOCKING, logMaxBufferSize: gib(2) }, "'logMaxBufferSize' is 2048 MiB; use 1 to 1024 MiB (at Stack/Job)"],
    ['a mode for another log driver', { logMode: ecs.AwsLogDriverMode.BLOCKING, logDriver: ecs.LogDrivers.jsonFile() }, "'logMode' is given together with 'logDriver', which has its own options; leave one of them out (at Stack/Job)"],
    ['a buffer for another log driver', { logMaxBufferSize: gib(1), logDriver: ecs.LogDrivers.jsonFile() }, "'logMaxBufferSize' is given together with 'logDriver', which has its own options; leave one of them out (at Stack/Job)"],
    ['a result in a log that goes elsewhere', { resultSource: HeavyBatchResultSource.LOG, logDriver: ecs.LogDrivers.journald() }, "'logDriver' is given, but 'resultSource' is LOG, and results are read from the job's own log group; leave 'logDriver' out, or use BUCKET (at Stack/Job)"],
    ['a result in a log that may lose lines', { resultSource: HeavyBatchResultSource.LOG, logMode: ecs.AwsLogDriverMode.NON_BLOCKING }, "'logMode' is NON_BLOCKING, which may lose lines, but 'resultSource' is LOG, and a result is a line; use BLOCKING, or BUCKET as 'resultSource' (at Stack/Job)"],
    ['FireLens', { logDriver: ecs.LogDrivers.firelens({}) }, "'logDriver' is awsfirelens, which needs a second container, but a job has one; use another driver, or a subscription filter of the log group (at Stack/Job)"],
    ['no log driver', { logDriver: ecs.LogDrivers.none() }, "'logDriver' is none, but AWS Batch supports only awslogs, fluentd, gelf, journald, json-file, splunk, syslog; use one of them (at Stack/Job)"],
    ['a log driver that Fargate has not', { fargate: true, logDriver: ecs.LogDrivers.fluentd() }, "'logDriver' is fluentd, but on Fargate AWS Batch supports only awslogs and splunk; use one of them, or instances (at Stack/Job)"],

    // Fargate
    ['instance types on Fargate', { fargate: true, instanceTypes: c4 }, "'instanceTypes' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Job/Compute)"],
    ['instance classes on Fargate', { fargate: true, instanceClasses: [ec2.InstanceClass.C6I] }, "'instanceClasses' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Job/Compute)"],
    ['optimal classes on Fargate', { fargate: true, useOptimalInstanceClasses: true }, "'useOptimalInstanceClasses' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Job/Compute)"],
    ['minvCpus on Fargate', { fargate: true, minvCpus: 4 }, "'minvCpus' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Job/Compute)"],
    ['GPUs on Fargate', { fargate: true, gpus: 1 }, "'gpus' is 1, but Fargate has no GPUs; leave it out, or use instances with GPUs (at Stack/Job)"],
    ['three vCPUs on Fargate', { fargate: true, vcpus: 3 }, "'vcpus' is 3, which Fargate does not offer; use 0.25, 0.5, 1, 2, 4, 8, 16 or 32 (at Stack/Job)"],
    ['too little memory for its vCPUs on Fargate', { fargate: true, memory: gib(1) }, "'memory' is 1024 MiB, but with 1 vCPU Fargate has 2048 to 8192 MiB in steps of 1024; use one of these amounts, or other 'vcpus' (at Stack/Job)"],
    ['memory between Fargate\'s steps', { fargate: true, vcpus: 8, memory: gib(17) }, "'memory' is 17408 MiB, but with 8 vCPUs Fargate has 16384 to 61440 MiB in steps of 4096; use one of these amounts, or other 'vcpus' (at Stack/Job)"],
    ['memory that Fargate does not offer for a quarter of a vCPU', { fargate: true, vcpus: 0.25, memory: Size.mebibytes(1536) }, "'memory' is 1536 MiB, but with 0.25 vCPUs Fargate has 512, 1024, 2048 MiB; use one of these amounts, or other 'vcpus' (at Stack/Job)"],
    ['more maxMemory than Fargate offers for its vCPUs', { fargate: true, memory: gib(2), maxMemory: gib(16) }, "'maxMemory' is 16384 MiB, but with 1 vCPU Fargate has 2048 to 8192 MiB in steps of 1024; use one of these amounts, or other 'vcpus' (at Stack/Job)"],
    ['less maxMemory than Fargate offers for its vCPUs', { fargate: true, maxMemory: gib(1) }, "'maxMemory' is 1024 MiB, but with 1 vCPU Fargate has 2048 to 8192 MiB in steps of 1024; use one of these amounts, or other 'vcpus' (at Stack/Job)"],
    ['more scratch space than Fargate offers', { fargate: true, scratchSize: gib(181) }, "'scratchSize' is 181 GiB; use 1 to 180 GiB (at Stack/Job)"],
    ['IOPS on Fargate', { fargate: true, scratchIops: 4_000 }, "'scratchIops' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Job/Compute)"],
    ['an instance store on Fargate', { fargate: true, instanceStore: true }, "'instanceStore' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Job/Compute)"],
    ['a directory of the instance on Fargate', { fargate: true, volumes: [batch.EcsVolume.host({ name: 'data', containerPath: '/data', hostPath: '/data' })] }, "'volumes' has 'data', a directory of the instance, but Fargate has no instances; use a file system (at Stack/Job)"],
    ['an image for another platform than that of Fargate', { fargate: true, imageBuild: { platform: ecrAssets.Platform.LINUX_ARM64 } }, "'imageBuild.platform' is linux/arm64, but the job runs on x86_64; use linux/amd64, or leave it out (at Stack/Job)"],

    // Payloads
    ['a payload retention of half a day', { payloadRetention: Duration.hours(12) }, "'payloadRetention' is 0.5 days; use a whole number from 1 to 3650 (at Stack/Job/Compute)"],

    // Nodes
    ['one node', { nodes: 1 }, "'nodes' is 1; use 2 to 1000 (at Stack/Job)"],
    ['nodes on Spot', { nodes: 2, spot: true }, "'nodes' is 2, but 'spot' is true, and Batch does not support multi-node jobs on Spot; set 'spot' to false (at Stack/Job)"],
    ['nodes on Fargate', { nodes: 2, fargate: true }, "'nodes' is 2, but 'fargate' is true, and Batch does not support multi-node jobs on Fargate; use instances (at Stack/Job)"],
    ['nodes with more vCPUs than maxvCpus', { nodes: 5, vcpus: 2, maxvCpus: 8 }, "'nodes' is 5, and so many nodes have 10 vCPUs, but 'maxvCpus' is 8; use 4 or less, or a larger 'maxvCpus' (at Stack/Job)"],

    // Shares
    ['a token as the share on a compute without fair shares', { shareIdentifier: TOKEN }, "'shareIdentifier' is a token, but the compute has no 'fairShare'; leave it out, or set 'fairShare' of the compute (at Stack/Job)"],
    ['a token as the priority on a compute without fair shares', { schedulingPriority: Token.asNumber({ Ref: 'N' }) }, "'schedulingPriority' is a token, but the compute has no 'fairShare'; leave it out, or set 'fairShare' of the compute (at Stack/Job)"],
    ['a share on a compute without fair shares', { shareIdentifier: 'a' }, "'shareIdentifier' is a, but the compute has no 'fairShare'; leave it out, or set 'fairShare' of the compute (at Stack/Job)"],
    ['a priority on a compute without fair shares', { schedulingPriority: 1 }, "'schedulingPriority' is 1, but the compute has no 'fairShare'; leave it out, or set 'fairShare' of the compute (at Stack/Job)"],
    ['a hyphen in the share', { fairShare: {}, shareIdentifier: 'a-b' }, "'shareIdentifier' is 'a-b'; use 1 to 255 letters and digits (at Stack/Job)"],
    ['a priority of 10,000', { fairShare: {}, schedulingPriority: 10_000 }, "'schedulingPriority' is 10000; use 0 to 9999 (at Stack/Job)"],
    ['a weight of 0', { fairShare: { weights: { a: 0 } } }, "'fairShare.weights.a' is 0; use 0.0001 to 999.9999 (at Stack/Job/Compute)"],
    ['a hyphen in the share of a weight', { fairShare: { weights: { 'a-b': 1 } } }, "'fairShare.weights' has 'a-b'; use up to 255 letters and digits, and a * at the end for all shares that begin with them (at Stack/Job/Compute)"],
    ['two weights for the same share', { fairShare: { weights: { 'team*': 1, 'teamA': 2 } } }, "'fairShare.weights' has 'teamA', but 'team*' stands for the same share; leave one of them out (at Stack/Job/Compute)"],
    ['a share decay of eight days', { fairShare: { shareDecay: Duration.days(8) } }, "'fairShare.shareDecay' is 691200 seconds; use 0 to 604800 seconds (at Stack/Job/Compute)"],
    ['a compute reservation of 100 %', { fairShare: { computeReservation: 100 } }, "'fairShare.computeReservation' is 100 %; use 0 to 99 % (at Stack/Job/Compute)"],
  ])('%s', (_, props, message) => {
    expect(errorOf(() => new HeavyBatchJob(newStack(), 'Job', { imageDirectory: IMAGE, ...props }))).toBe(message);
  });

  test('a compute and props of another compute', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute');
    expect(errorOf(() => new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: IMAGE, maxvCpus: 4 })))
      .toBe("'maxvCpus' is given together with 'compute'; set it on Stack/Compute, or leave 'compute' out (at Stack/Job)");
  });

  test('a bucket and a retention for another bucket', () => {
    const stack = newStack();
    expect(errorOf(() => newJob({ payloadBucket: new s3.Bucket(stack, 'Bucket'), payloadRetention: Duration.days(1) }, stack)))
      .toBe("'payloadRetention' is given together with 'payloadBucket', whose lifecycle rules stay yours; leave 'payloadRetention' out (at Stack/Job/Compute)");
  });

  test('a bucket, and another one for the access logs of a new bucket', () => {
    const stack = newStack();
    const [payloadBucket, accessLogsBucket] = ['Bucket', 'Logs'].map((id) => new s3.Bucket(stack, id));
    const message = "'regulated.accessLogsBucket' is given together with 'payloadBucket', whose access logs stay yours; leave one of them out";
    expect(errorOf(() => newJob({ payloadBucket, regulated: { accessLogsBucket } }, stack))).toBe(`${message} (at Stack/Job/Compute)`);
    expect(errorOf(() => new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), payloadBucket, regulated: { accessLogsBucket } })))
      .toBe(`${message} (at Stack/Compute)`);
  });

  test('a secret and an environment variable with the same name', () => {
    const stack = newStack();
    const secrets = { A: batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')) };
    expect(errorOf(() => newJob({ secrets, environment: { A: '1' } }, stack))).toBe("'secrets' has 'A', but 'environment' has it too; leave one of them out (at Stack/Job)");
  });

  test.each<[string, any, string]>([
    ['a token for vcpus, but no memory,', {}, "'memory' is missing, and 'vcpus' is a token, so the memory that Fargate offers for it is not known at synth; use both props (at Stack/Job)"],
    ['a token for vcpus, and memory that Fargate never offers,', { memory: Size.mebibytes(1000) }, "'memory' is 1000 MiB, which Fargate offers for no number of vCPUs; use a whole number of GiB (at Stack/Job)"],
  ])('%s on Fargate', (_, props, message) => {
    const stack = newStack();
    const vcpus = new CfnParameter(stack, 'Vcpus', { type: 'Number' }).valueAsNumber;
    expect(errorOf(() => newJob({ fargate: true, vcpus, ...props }, stack))).toBe(message);
  });
});

describe('a compute on an existing job queue is refused with', () => {
  test.each<[string, Partial<HeavyBatchQueueComputeProps>, string]>([
    ['instance types on Fargate', { fargate: true, instanceTypes: m4Large }, "'instanceTypes' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Queue)"],
    ['scratch space on instances', { scratchSize: gib(10) }, "'scratchSize' is given, but 'fargate' is not true; leave it out, because the compute environment decides about the disks of its instances (at Stack/Queue)"],
    ['public IP addresses on instances', { assignPublicIp: true }, "'assignPublicIp' is true, but 'fargate' is not true; leave it out, because the subnets decide about the addresses of instances (at Stack/Queue)"],
    ['another architecture than its instances have', { instanceTypes: m4Large, cpuArchitecture: ecs.CpuArchitecture.ARM64 }, "'cpuArchitecture' is arm64, but m4.large is x86_64; leave it out, or use other instance types (at Stack/Queue)"],
  ])('%s', (_, props, message) => {
    const stack = newStack();
    expect(errorOf(() => new HeavyBatchQueueCompute(stack, 'Queue', { jobQueue: existingQueue(stack), ...props }))).toBe(message);
  });

  test('a job that does not fit on its instances', () => {
    const stack = new Stack(new App(), 'Stack');
    const compute = new HeavyBatchQueueCompute(stack, 'Queue', { jobQueue: existingQueue(stack), instanceTypes: m4Large, maxvCpus: 1 });
    expect(errorOf(() => newJob({ compute, memory: gib(8) }, stack)))
      .toBe("'memory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less, or a larger instance type (at Stack/Job)");
    expect(errorOf(() => new HeavyBatchJob(stack, 'Other', { compute, imageDirectory: IMAGE, vcpus: 2 })))
      .toBe("'vcpus' is 2, but 'maxvCpus' is 1; use 1 or less, or a larger 'maxvCpus' (at Stack/Other)");
  });
});

/** The complete message of the error. */
function errorOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}
