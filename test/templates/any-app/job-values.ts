import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { bucket, keys } from './compute-values';
import { CONTAINER_VALUES } from './container-values';
import { hasInstances } from './instance-values';
import {
  data, duration, durationToken, either, flag, listIn, made, numberIn, numberToken, oddDuration, oddNumber, oddSize, oddString, oddText, plain, prop,
  PropRules, PropTable, size, sizeToken, textIn, textToken, Value, Values,
} from './value';
import {
  HeavyBatchAllowedOverrides, HeavyBatchComputeProps, HeavyBatchJobAttributes, HeavyBatchJobProps, HeavyBatchListFormat, HeavyBatchMapOptions,
  HeavyBatchResultSource, IHeavyBatchCompute,
} from '../../../src';
import { IMAGE } from '../../stacks';

const times = either(duration('minutes', 1, 90), duration('days', 1, 30), durationToken('seconds', 3_600));

const splunk: Values<ecs.LogDriver> = made('splunk', (scope) => ecs.LogDrivers.splunk({
  url: 'https://splunk.example.com:8088', secretToken: ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(scope, 'Token', 'splunk')),
}));
const drivers: Values<ecs.LogDriver> = either(
  splunk,
  made('awslogs', () => ecs.LogDrivers.awsLogs({ streamPrefix: 'own' })),
  made('awslogs with a group', (scope) => ecs.LogDrivers.awsLogs({ streamPrefix: 'own', logGroup: new logs.LogGroup(scope, 'Group') })),
);
const instanceDrivers: Values<ecs.LogDriver> = either(
  made('syslog', () => ecs.LogDrivers.syslog({ address: 'tcp://logs.example.com:514' })),
  made('fluentd', () => ecs.LogDrivers.fluentd()),
  made('gelf', () => ecs.LogDrivers.gelf({ address: 'udp://logs.example.com:12201' })),
  made('journald', () => ecs.LogDrivers.journald({ labels: ['a'] })),
  made('json-file', () => ecs.LogDrivers.jsonFile({ maxFile: 3 })),
);
const oddDrivers: Values<ecs.LogDriver> = either(
  drivers,
  instanceDrivers,
  made('none', () => ecs.LogDrivers.none()),
  made('firelens', () => ecs.LogDrivers.firelens({ options: { Name: 'stdout' } })),
  data(oddString.map((logDriver) => new ecs.GenericLogDriver({ logDriver }))),
);

/** Every app has its compute in another place: this is none of this library. */
const foreignCompute: Values<IHeavyBatchCompute> = made('another construct', (scope) => new Construct(scope, 'Compute') as IHeavyBatchCompute);

const shares = either(plain('A', 'default', 'x'.repeat(255)), textToken('A'));

const LICENCES = 'arn:aws:batch:us-east-1:123456789012:consumable-resource/licences';

/** The props of a job but those of its own compute. */
export type OwnJobProps = Omit<HeavyBatchJobProps, keyof HeavyBatchComputeProps>;

export const JOB_VALUES = {
  ...CONTAINER_VALUES,
  allowedOverrides: prop(
    either(plain<HeavyBatchAllowedOverrides>({}, { command: true, environment: ['TOPIC', 'odd name.'] }, { resources: false, arraySize: false, share: false }), made('[a token]', (scope) => ({ environment: listIn(scope, 'TOPIC,MODE') }))),
    either(plain<HeavyBatchAllowedOverrides>({ environment: ['AWS_REGION'] }, { environment: ['LD_PRELOAD'] }, { environment: [''] }), data(oddString.map((name) => ({ environment: [name] })))),
  ),
  nodes: prop(plain(2, 4), either(plain(2), oddNumber), ({ compute }) => compute === 'nodes'),
  shareIdentifier: prop(shares, either(shares, oddText), ({ fairShare }) => fairShare),
  schedulingPriority: prop(either(plain(0, 9_999), numberToken(5)), oddNumber, ({ fairShare }) => fairShare),
  attempts: prop(either(plain(1, 2, 10), numberToken(3)), oddNumber),
  retryApplicationErrors: prop(flag, flag),
  attemptTimeout: prop(times, oddDuration),
  queueTimeout: prop(times, oddDuration),
  startTimeout: prop(times, oddDuration),
  runTimeout: prop(times, oddDuration),
  resultSource: prop(either(plain(HeavyBatchResultSource.BUCKET, HeavyBatchResultSource.LOG), textToken('LOG') as Values<HeavyBatchResultSource>), oddText as Values<HeavyBatchResultSource>),
  logRetention: prop(plain(logs.RetentionDays.ONE_DAY, logs.RetentionDays.TEN_YEARS), plain(...Object.values(logs.RetentionDays).filter((days): days is logs.RetentionDays => typeof days === 'number'))),
  logMode: prop(plain(ecs.AwsLogDriverMode.BLOCKING, ecs.AwsLogDriverMode.NON_BLOCKING), plain(...Object.values(ecs.AwsLogDriverMode))),
  logMaxBufferSize: prop(either(size('mebibytes', 1, 25), sizeToken('mebibytes', 25)), oddSize),
  logDriver: { fitting: (setting) => hasInstances(setting) ? either(drivers, instanceDrivers) : drivers, odd: oddDrivers },
  compute: prop<IHeavyBatchCompute>(foreignCompute, foreignCompute, () => false),
  stateMachineName: prop(either(plain('heavy', 'x'.repeat(80)), textToken('heavy')), oddText),
  tracing: prop(flag, flag),
  consumableResources: prop(
    either(plain([{ consumableResource: LICENCES, quantity: 1 }]), made('[one with tokens]', (scope) => [{ consumableResource: textIn(scope, LICENCES), quantity: numberIn(scope, 1) }])),
    fc.tuple(either(plain(LICENCES, 'licences', 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy'), data(oddString)), oddNumber).map(([name, amount]) => new Value(`[{ consumableResource: ${name.text}, quantity: ${amount.text} }]`,
      (scope) => [{ consumableResource: name.make(scope), quantity: amount.make(scope) }])),
  ),
} satisfies PropTable<OwnJobProps>;

export const JOB_RULES: PropRules<OwnJobProps> = {
  apart: [['readonlyRootFilesystem', 'enableExecuteCommand'], ['resultSource', 'logDriver'], ['resultSource', 'logMode'], ['resultSource', 'logMaxBufferSize'], ['logDriver', 'logMode'], ['logDriver', 'logMaxBufferSize'], ['image', 'imageDirectory'], ['image', 'imageBuild']],
  also: { parameters: { command: ['work', 'Ref::item'] }, logMaxBufferSize: { logMode: ecs.AwsLogDriverMode.NON_BLOCKING }, imageBuild: { imageDirectory: IMAGE } },
};

const headers = fc.oneof(fc.constantFrom<string[]>([], ['item'], ['a', 'a'], ['']), fc.array(oddString, { maxLength: 3 }));
const formats: Values<HeavyBatchListFormat> = either(
  made('jsonLines()', () => HeavyBatchListFormat.jsonLines()),
  made('json()', () => HeavyBatchListFormat.json()),
  made('csv()', () => HeavyBatchListFormat.csv()),
  made("csv(['item'])", () => HeavyBatchListFormat.csv(['item'])),
  made('csv(a token)', (scope) => HeavyBatchListFormat.csv(listIn(scope, 'item,other'))),
);

export const MAP_VALUES = {
  bucket,
  key: prop(either(plain('lists/today.jsonl', 'a b/ü.csv'), textToken('list.jsonl')), oddText),
  format: prop(formats, headers.map((names) => new Value(`csv(${fc.stringify(names)})`, () => HeavyBatchListFormat.csv(names)))),
  maxConcurrency: prop(either(plain(1, 100, 10_000), numberToken(7)), oddNumber),
  toleratedFailurePercentage: prop(either(plain(0, 12.5, 100), numberToken(10)), oddNumber),
  resultBucket: bucket,
  resultPrefix: prop(either(plain('results/today'), textToken('results')), oddText),
  shareIdentifier: prop(shares, either(shares, oddText), ({ fairShare }) => fairShare),
  timeout: prop(times, oddDuration),
} satisfies PropTable<HeavyBatchMapOptions>;

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
export const IMPORTED_VALUES = {
  stateMachineArn: prop(either(plain(ARN), textToken(ARN)), either(plain(`${ARN}:1`, ARN.replace('states', 'batch'), 'arn:aws:states:eu-west-1:210987654321:stateMachine:Sort'), data(oddString))),
  payloadBucket: bucket,
  encryptionKey: prop(keys, keys),
} satisfies PropTable<HeavyBatchJobAttributes>;
