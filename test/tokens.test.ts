import * as fs from 'fs';
import * as path from 'path';
import { gunzipSync } from 'zlib';
import { App, CfnParameter, Duration, Fn, Lazy, Size, Stack } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { sampleOf } from './sample';
import { IMAGE, QUEUE_ARN } from './stacks';
import { HeavyBatchApi, HeavyBatchCompute, HeavyBatchFileSystem, HeavyBatchJob, HeavyBatchListFormat, HeavyBatchQueueCompute } from '../src';

/** The public interfaces, as jsii describes them to the other languages. A prop that is new is tried without a change of this file. */
const ASSEMBLY = readAssembly();

interface JsiiType {
  readonly fqn?: string;
  readonly primitive?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: JsiiType };
}
interface JsiiProperty { readonly name: string; readonly type: JsiiType; readonly optional?: boolean }

function readAssembly(): { types: Record<string, { datatype?: boolean; interfaces?: string[]; properties?: JsiiProperty[]; members?: { name: string }[] }> } {
  const assembly = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '.jsii'), 'utf8'));
  if (assembly.schema !== 'jsii/file-redirect') return assembly;
  return JSON.parse(gunzipSync(fs.readFileSync(path.join(__dirname, '..', assembly.filename))).toString());
}

function propsOf(fqn: string): JsiiProperty[] {
  const { interfaces = [], properties = [] } = ASSEMBLY.types[fqn];
  return [...interfaces.flatMap(propsOf), ...properties];
}

/** A value that is known only at deployment, and how it was made. */
type Make = (stack: Stack) => unknown;
type Tokens = Record<string, Make>;

let made = 0;
const parameter = (stack: Stack, type: string) => new CfnParameter(stack, `Parameter${++made}`, { type });
const number = (stack: Stack) => parameter(stack, 'Number').valueAsNumber;
const text = (stack: Stack) => parameter(stack, 'String').valueAsString;
const list = (stack: Stack) => parameter(stack, 'CommaDelimitedList').valueAsList;
const id = () => `Imported${++made}`;

/** With a name that is a token. */
const domainIn = (stack: Stack) => apigatewayv2.DomainName.fromDomainNameAttributes(stack, id(), {
  name: text(stack), regionalDomainName: text(stack), regionalHostedZoneId: text(stack),
});

const SIZES = ['bytes', 'kibibytes', 'mebibytes', 'gibibytes', 'tebibytes'] as const;
const DURATIONS = ['millis', 'seconds', 'minutes', 'hours', 'days'] as const;

/** The tokens of each type that a prop can have. */
const TOKENS: Record<string, Tokens> = {
  'number': { number, 'lazy number': () => Lazy.number({ produce: () => 2 }) },
  'string': { text, 'text with a token in it': (stack) => `a${text(stack)}`, 'part of a list': (stack) => Fn.select(0, list(stack)) },
  'boolean': { true: () => true, false: () => false }, // no token can be a boolean
  'aws-cdk-lib.Size': Object.fromEntries(SIZES.map((unit) => [unit, (stack: Stack) => Size[unit](number(stack))])),
  'aws-cdk-lib.Duration': Object.fromEntries(DURATIONS.map((unit) => [unit, (stack: Stack) => Duration[unit](number(stack))])),
  'aws-cdk-lib.aws_ec2.InstanceType': { 'name': (stack) => new ec2.InstanceType(text(stack)), 'class and size': (stack) => new ec2.InstanceType(`${text(stack)}.large`) },
  'aws-cdk-lib.aws_ec2.InstanceClass': { text },
  'aws-cdk-lib.aws_ec2.UserData': {
    'command': (stack) => {
      const userData = ec2.UserData.forLinux();
      userData.addCommands(`echo ${text(stack)}`);
      return userData;
    },
    'whole text': (stack) => ec2.UserData.custom(text(stack)),
  },
  'aws-cdk-lib.aws_ec2.IMachineImage': { id: (stack) => ec2.MachineImage.genericLinux({ 'us-east-1': text(stack) }), parameter: () => ec2.MachineImage.fromSsmParameter('/image') },
  'aws-cdk-lib.aws_ec2.IKeyPair': { name: (stack) => ec2.KeyPair.fromKeyPairName(stack, id(), text(stack)) },
  'aws-cdk-lib.aws_ec2.BlockDevice': {
    name: (stack) => ({ deviceName: text(stack), volume: ec2.BlockDeviceVolume.ebs(10) }),
    size: (stack) => ({ deviceName: '/dev/xvdb', volume: ec2.BlockDeviceVolume.ebs(number(stack)) }),
  },
  'aws-cdk-lib.aws_ec2.IPlacementGroup': { name: (stack) => ec2.PlacementGroup.fromPlacementGroupName(stack, id(), text(stack)) },
  'aws-cdk-lib.aws_ecs.ContainerInsights': { text },
  'aws-cdk-lib.aws_ec2.IVpc': {
    ids: (stack) => ec2.Vpc.fromVpcAttributes(stack, id(), {
      vpcId: text(stack), availabilityZones: ['a', 'b'], privateSubnetIds: [text(stack), text(stack)], privateSubnetRouteTableIds: [text(stack), text(stack)],
    }),
    lists: (stack) => ec2.Vpc.fromVpcAttributes(stack, id(), {
      vpcId: text(stack), availabilityZones: list(stack), privateSubnetIds: list(stack), privateSubnetRouteTableIds: list(stack),
    }),
  },
  'aws-cdk-lib.aws_ec2.SubnetSelection': { ids: (stack) => ({ subnets: [ec2.Subnet.fromSubnetId(stack, id(), text(stack))] }) },
  'aws-cdk-lib.aws_ec2.ISecurityGroup': { id: (stack) => ec2.SecurityGroup.fromSecurityGroupId(stack, id(), text(stack)) },
  'aws-cdk-lib.aws_ecs.CpuArchitecture': { text: (stack) => ecs.CpuArchitecture.of(text(stack)) },
  'aws-cdk-lib.aws_s3.IBucket': { 'name': (stack) => s3.Bucket.fromBucketName(stack, id(), text(stack)), 'of this stack': (stack) => new s3.Bucket(stack, id()) },
  'aws-cdk-lib.aws_kms.IKey': { 'ARN': (stack) => kms.Key.fromKeyArn(stack, id(), text(stack)), 'of this stack': (stack) => new kms.Key(stack, id()) },
  'aws-cdk-lib.aws_sns.ITopic': { ARN: (stack) => sns.Topic.fromTopicArn(stack, id(), text(stack)) },
  'aws-cdk-lib.aws_iam.IRole': { ARN: (stack) => iam.Role.fromRoleArn(stack, id(), text(stack)), name: (stack) => iam.Role.fromRoleName(stack, id(), text(stack)) },
  'aws-cdk-lib.aws_ecs.ContainerImage': { name: (stack) => ecs.ContainerImage.fromRegistry(text(stack)), tag: (stack) => ecs.ContainerImage.fromRegistry(`busybox:${text(stack)}`) },
  'aws-cdk-lib.aws_ecs.LogDriver': { options: (stack) => ecs.LogDrivers.fluentd({ address: text(stack) }) },
  'aws-cdk-lib.aws_ecs.AwsLogDriverMode': { text },
  'aws-cdk-lib.aws_logs.RetentionDays': { number },
  'aws-cdk-lib.aws_batch.Secret': { ARN: (stack) => batch.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretCompleteArn(stack, id(), Fn.importValue('Secret'))) },
  'aws-cdk-lib.aws_batch.EcsVolume': { paths: (stack) => batch.EcsVolume.host({ name: 'data', hostPath: text(stack), containerPath: text(stack) }) },
  'aws-cdk-lib.aws_batch.Tmpfs': { texts: (stack) => ({ containerPath: text(stack), size: Size.mebibytes(number(stack)) }), gibibytes: (stack) => ({ containerPath: '/cache', size: Size.gibibytes(number(stack)) }) },
  'aws-cdk-lib.aws_batch.Device': { texts: (stack) => ({ hostPath: text(stack), containerPath: text(stack) }) },
  'aws-cdk-lib.aws_batch.Ulimit': { numbers: (stack) => ({ name: batch.UlimitName.NOFILE, softLimit: number(stack), hardLimit: number(stack) }) },
  'aws-cdk-lib.aws_batch.IJobQueue': { name: (stack) => batch.JobQueue.fromJobQueueArn(stack, id(), `arn:aws:batch:us-east-1:123456789012:job-queue/${text(stack)}`) },
  'aws-cdk-lib.aws_ecr_assets.Platform': { text: (stack) => ecrAssets.Platform.custom(text(stack)) },
  'aws-cdk-lib.aws_ecr_assets.NetworkMode': { text: (stack) => ecrAssets.NetworkMode.custom(text(stack)) },
  'aws-cdk-lib.aws_ecr_assets.DockerCacheOption': { texts: (stack) => ({ type: text(stack), params: { a: text(stack) } }) },
  'aws-cdk-lib.aws_apigatewayv2.IHttpRouteAuthorizer': { issuer: (stack) => new HttpJwtAuthorizer('Jwt', text(stack), { jwtAudience: [text(stack)] }) },
  'aws-cdk-lib.aws_apigatewayv2.ThrottleSettings': { numbers: (stack) => ({ rateLimit: number(stack), burstLimit: number(stack) }) },
  'aws-cdk-lib.aws_apigatewayv2.CorsPreflightOptions': {
    'texts': (stack) => ({ allowOrigins: [text(stack)], allowHeaders: [text(stack)] }),
    'origins': (stack) => ({ allowOrigins: list(stack), maxAge: Duration.seconds(number(stack)) }),
    'headers': (stack) => ({ allowOrigins: ['https://app.example.com'], allowHeaders: list(stack) }),
    'age in minutes': (stack) => ({ allowOrigins: ['https://app.example.com'], maxAge: Duration.minutes(number(stack)) }),
  },
  'aws-cdk-lib.aws_apigatewayv2.DomainMappingOptions': {
    'name': (stack) => ({ domainName: domainIn(stack) }),
    'mapping key': (stack) => ({ domainName: domainIn(stack), mappingKey: text(stack) }),
  },
  'cdk-heavy-batch.HeavyBatchApiJob': Object.fromEntries([
    ['ARN', () => ({})] as const,
    ['name', (stack: Stack) => ({ name: text(stack) })] as const,
    ...['description', 'pattern', 'valueType'].map((prop) => [`${prop} of a parameter`, (stack: Stack) => ({ parameters: { a: { [prop]: text(stack) } } })] as const),
    ['allowed values of a parameter', (stack: Stack) => ({ parameters: { a: { allowedValues: list(stack) } } })] as const,
    ['maximum of a parameter', (stack: Stack) => ({ parameters: { a: { valueType: 'NUMBER', maximum: number(stack) } } })] as const,
  ].map(([title, make]) => [title, (stack: Stack) => ({ job: TOKENS['cdk-heavy-batch.IHeavyBatchJob'].ARN(stack), name: 'work', ...make(stack) })])),
  'cdk-heavy-batch.HeavyBatchConsumableResource': { 'name and number': (stack) => ({ consumableResource: text(stack), quantity: number(stack) }) },
  'cdk-heavy-batch.HeavyBatchFileSystem': {
    path: (stack) => HeavyBatchFileSystem.fromEfsAccessPoint(efs.AccessPoint.fromAccessPointAttributes(stack, id(), {
      accessPointId: text(stack),
      fileSystem: efs.FileSystem.fromFileSystemAttributes(stack, id(), {
        fileSystemId: text(stack), securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, id(), text(stack)),
      }),
    }), '/mnt/files'),
  },
  'cdk-heavy-batch.HeavyBatchListFormat': { csv: () => HeavyBatchListFormat.csv() },
  'cdk-heavy-batch.IHeavyBatchCompute': { 'on a queue': (stack) => new HeavyBatchQueueCompute(stack, id(), { jobQueue: TOKENS['aws-cdk-lib.aws_batch.IJobQueue'].name(stack) as batch.IJobQueue }) },
  'cdk-heavy-batch.IHeavyBatchJob': {
    ARN: (stack) => HeavyBatchJob.fromHeavyBatchJobAttributes(stack, id(), {
      stateMachineArn: text(stack), payloadBucket: s3.Bucket.fromBucketName(stack, id(), text(stack)),
    }),
  },
};

/** All tokens that a prop of a type can be. */
function tokensOf(type: JsiiType): Tokens {
  const name = type.primitive ?? type.fqn;
  if (name !== undefined && TOKENS[name]) return TOKENS[name];
  if (type.collection) return tokensOfCollection(type.collection);
  if (name !== undefined && ASSEMBLY.types[name]?.datatype) {
    return Object.fromEntries(propsOf(name).flatMap((prop) => Object.entries(tokensOf(prop.type))
      .map(([title, make]) => [`${prop.name}: ${title}`, (stack: Stack) => ({ [prop.name]: make(stack) })])));
  }
  const members = name === undefined ? undefined : ASSEMBLY.types[name]?.members;
  if (members) return { text };
  throw new Error(`no token of the type ${JSON.stringify(type)} is known to this test`);
}

function tokensOfCollection({ kind, elementtype }: NonNullable<JsiiType['collection']>): Tokens {
  const whole: Tokens = kind === 'array' && elementtype.primitive === 'string' ? { 'whole list': list } : {};
  const elements = Object.entries(tokensOf(elementtype))
    .map(([title, make]) => [`${title} in it`, (stack: Stack) => kind === 'array' ? [make(stack)] : { A: make(stack) }] as const);
  return { ...whole, ...Object.fromEntries(elements) };
}

const JOB = 'cdk-heavy-batch.HeavyBatchJobProps';
const image = { imageDirectory: IMAGE };
const types = (...names: string[]) => ({ instanceTypes: names.map((name) => new ec2.InstanceType(name)) });

/** What makes a construct of an interface, beside the prop. */
const SUBJECTS: [title: string, fqn: string, make: (stack: Stack, props: any) => unknown][] = [
  ['a job', JOB, (stack, props) => new HeavyBatchJob(stack, 'Construct', withImage(props))],
  ['a job on named instances', JOB, (stack, props) => new HeavyBatchJob(stack, 'Construct', withImage({ ...types('c6id.2xlarge'), ...props }))],
  ['a job on Spot with fair shares', JOB, (stack, props) => new HeavyBatchJob(stack, 'Construct', withImage({ spot: true, fairShare: {}, ...props }))],
  ['a job on Fargate', JOB, (stack, props) => new HeavyBatchJob(stack, 'Construct', withImage({ fargate: true, ...props }))],
  ['a job of nodes', JOB, (stack, props) => new HeavyBatchJob(stack, 'Construct', withImage({ nodes: 2, vpc: ec2.Vpc.fromVpcAttributes(stack, id(), { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['s'] }), ...props }))],
  ['a compute', 'cdk-heavy-batch.HeavyBatchComputeProps', (stack, props) => new HeavyBatchCompute(stack, 'Construct', props)],
  ['a compute on Fargate', 'cdk-heavy-batch.HeavyBatchComputeProps', (stack, props) => new HeavyBatchCompute(stack, 'Construct', { fargate: true, ...props })],
  ['a compute on a queue', 'cdk-heavy-batch.HeavyBatchQueueComputeProps', (stack, props) => (
    new HeavyBatchQueueCompute(stack, 'Construct', { jobQueue: batch.JobQueue.fromJobQueueArn(stack, id(), QUEUE_ARN), ...props }))],
  ['a map', 'cdk-heavy-batch.HeavyBatchMapOptions', (stack, props) => (
    new HeavyBatchJob(stack, 'Job', image).addMap('Construct', { bucket: s3.Bucket.fromBucketName(stack, id(), 'lists'), ...props }))],
  ['an API', 'cdk-heavy-batch.HeavyBatchApiProps', (stack, props) => (
    new HeavyBatchApi(stack, 'Construct', { jobs: [{ job: new HeavyBatchJob(stack, 'Job', image) }], ...props }))],
  ['an imported job', 'cdk-heavy-batch.HeavyBatchJobAttributes', (stack, props) => (
    HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Construct', { stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m', ...props }))],
];

/** With an image; a command that refers to the parameter of the maps; and what a prop cannot be without. */
function withImage(props: any): any {
  return {
    ...props.image ? {} : image,
    ...props.parameters ? { command: ['Ref::A'] } : {},
    ...props.logMaxBufferSize ? { logMode: ecs.AwsLogDriverMode.NON_BLOCKING } : {},
    ...props.compute ? Object.fromEntries(Object.entries(props).filter(([name]) => !['instanceTypes', 'spot', 'fairShare', 'fargate', 'vpc'].includes(name))) : props,
  };
}

/** The error of the synthesis, as a user sees it: undefined when there is none. */
function errorOf(make: (stack: Stack, props: any) => unknown, prop: string, token: Make): string | undefined {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Stack');
  try {
    make(stack, { [prop]: token(stack) });
    app.synth();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** `'prop.of.it' is ..., but ...; use ... (at Stack/Construct)`, on one line. */
const OWN = /^'[\w$]+(\[\d+\]|\.[\w$]+)*' .+ \(at Stack(\/\w+)+\)$/;

const ALL_CASES = SUBJECTS.flatMap(([subject, fqn, make]) => propsOf(fqn).flatMap(({ name, type }) => (
  Object.entries(tokensOf(type)).map(([title, token]) => ({ subject, prop: name, title, make, token, kinds: [`${fqn}.${name}`, subject, kindOf(type, title)] })))));
/** Each prop of each interface, each subject, and each token of each type. */
const CASES = sampleOf('props that are tokens', 'test/tokens.test.ts', ALL_CASES, ({ kinds }) => kinds);

function kindOf({ primitive, fqn, collection }: JsiiType, title: string): string {
  return `${primitive ?? fqn ?? `${collection!.kind} of ${collection!.elementtype.primitive ?? collection!.elementtype.fqn}`}: ${title}`;
}

/** A case takes long: each is synthesized once. */
const errors = new Map<typeof CASES[number], string | undefined>();
function errorOfCase(tried: typeof CASES[number]): string | undefined {
  if (!errors.has(tried)) errors.set(tried, errorOf(tried.make, tried.prop, tried.token));
  return errors.get(tried);
}

test.each(CASES.map((tried) => [tried.subject, tried.prop, tried.title, tried] as const))('%s, whose prop %s is a token (%s), has a template or an error of our own', (_subject, prop, _title, tried) => {
  expect(errorOfCase(tried) ?? `'${prop}' has a template (at Stack/Construct)`).toMatch(OWN);
});

test('most tokens have a template', () => {
  const withTemplate = CASES.filter((tried) => errorOfCase(tried) === undefined);
  expect(withTemplate.length / CASES.length).toBeGreaterThan(0.5);
}, 300_000); // alone, or as the first of all

test('each interface with props is tried', () => {
  const tried = new Set(SUBJECTS.flatMap(([, fqn]) => namesIn(fqn)));
  const datatypes = Object.entries(ASSEMBLY.types).filter(([, { datatype }]) => datatype).map(([fqn]) => fqn);
  expect(datatypes.filter((fqn) => !tried.has(fqn))).toEqual(['cdk-heavy-batch.HeavyBatchFileSystemOptions', 'cdk-heavy-batch.HeavyBatchMapProps']);
});

/** The interfaces of a prop and of the props in it. */
function namesIn(fqn: string): string[] {
  const { interfaces = [] } = ASSEMBLY.types[fqn];
  const nested = propsOf(fqn).map(({ type }) => type.fqn ?? type.collection?.elementtype.fqn)
    .filter((name) => name !== undefined && ASSEMBLY.types[name]?.datatype);
  return [fqn, ...interfaces.flatMap(namesIn), ...nested.flatMap((name) => namesIn(name!))];
}
