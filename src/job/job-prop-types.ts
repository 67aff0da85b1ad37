import * as batch from 'aws-cdk-lib/aws-batch';
import type * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { HeavyBatchAllowedOverrides } from './allowed-overrides';
import type { HeavyBatchConsumableResource } from './consumable-resource';
import type { HeavyBatchImageBuildOptions } from './image-props';
import type { HeavyBatchJobProps } from './job-props';
import { HeavyBatchResultSource } from './result-source';
import { duration, FLAG, listOf, mapOf, memberOf, NUMBER, object, options, PropTypes, required, size, TEXT } from '../common/prop-types';
import { COMPUTE_PROP_TYPES } from '../compute/compute-prop-types';

const CACHE = options<ecrAssets.DockerCacheOption>({ type: required(TEXT), params: mapOf(TEXT) });

const IMAGE_BUILD: PropTypes<HeavyBatchImageBuildOptions> = {
  file: TEXT,
  buildArgs: mapOf(TEXT),
  target: TEXT,
  platform: object(() => 'ecrAssets.Platform.LINUX_AMD64 or ecrAssets.Platform.LINUX_ARM64'),
  buildSecrets: mapOf(TEXT),
  buildSsh: TEXT,
  cacheFrom: listOf(CACHE),
  cacheTo: CACHE,
  cacheDisabled: FLAG,
  networkMode: object((mode) => `ecrAssets.NetworkMode.custom('${mode}')`),
  assetName: TEXT,
};

const TMPFS: PropTypes<batch.Tmpfs> = { containerPath: required(TEXT), size: required(size('mebibytes')), mountOptions: listOf(memberOf(batch.TmpfsMountOption)) };
const DEVICE: PropTypes<batch.Device> = { hostPath: required(TEXT), containerPath: TEXT, permissions: listOf(memberOf(batch.DevicePermission)) };
const ULIMIT: PropTypes<batch.Ulimit> = { name: required(memberOf(batch.UlimitName)), softLimit: required(NUMBER), hardLimit: required(NUMBER) };

const CONSUMABLE_RESOURCE: PropTypes<HeavyBatchConsumableResource> = { consumableResource: required(TEXT), quantity: required(NUMBER) };

const ALLOWED_OVERRIDES: PropTypes<HeavyBatchAllowedOverrides> = { command: FLAG, environment: listOf(TEXT), resources: FLAG, arraySize: FLAG, share: FLAG };

/** The type of each prop of a job. The compiler reports one that is missing. */
export const JOB_PROP_TYPES: PropTypes<HeavyBatchJobProps> = {
  ...COMPUTE_PROP_TYPES,
  compute: object(() => 'a HeavyBatchCompute or a HeavyBatchQueueCompute'),
  // image
  imageDirectory: TEXT,
  image: object((name) => `ecs.ContainerImage.fromRegistry('${name}')`),
  imageBuild: options(IMAGE_BUILD),
  // container
  vcpus: NUMBER,
  memory: size('mebibytes'),
  maxMemory: size('mebibytes'),
  gpus: NUMBER,
  command: listOf(TEXT, { empty: 'leave it out to use the command of the image' }),
  parameters: mapOf(TEXT),
  environment: mapOf(TEXT),
  secrets: mapOf(object((name) => `batch.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(this, 'Secret', '${name}'))`)),
  fileSystem: object(() => 'HeavyBatchFileSystem.fromEfsAccessPoint(...)'),
  volumes: listOf(object(() => 'batch.EcsVolume.host(...) or batch.EcsVolume.efs(...)')),
  jobRole: object((arn) => `iam.Role.fromRoleArn(this, 'Role', '${arn}')`),
  enableExecuteCommand: FLAG,
  // Linux
  sharedMemorySize: size('mebibytes'),
  tmpfs: listOf(options(TMPFS)),
  devices: listOf(options(DEVICE)),
  ulimits: listOf(options(ULIMIT)),
  initProcessEnabled: FLAG,
  privileged: FLAG,
  readonlyRootFilesystem: FLAG,
  user: TEXT,
  allowedOverrides: options(ALLOWED_OVERRIDES),
  // scheduling
  consumableResources: listOf(options(CONSUMABLE_RESOURCE)),
  nodes: NUMBER,
  shareIdentifier: TEXT,
  schedulingPriority: NUMBER,
  // attempts and time limits
  attempts: NUMBER,
  retryApplicationErrors: FLAG,
  attemptTimeout: duration('seconds'),
  queueTimeout: duration('seconds'),
  startTimeout: duration('seconds'),
  runTimeout: duration('seconds'),
  // result and logs
  resultSource: memberOf(HeavyBatchResultSource),
  logRetention: memberOf(logs.RetentionDays),
  logMode: memberOf(ecs.AwsLogDriverMode),
  logMaxBufferSize: size('mebibytes'),
  logDriver: object(() => 'ecs.LogDrivers.splunk(...) or another driver'),
  // state machine
  stateMachineName: TEXT,
  tracing: FLAG,
};
