import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { HeavyBatchComputeProps, HeavyBatchFairShareOptions } from './compute-props';
import { HeavyBatchImagePullBehavior, HeavyBatchInstanceProps } from './instance-props';
import type { HeavyBatchQueueComputeProps } from './queue-compute-props';
import type { HeavyBatchRegulatedOptions } from './regulated-props';
import { duration, FLAG, listOf, mapOf, memberOf, NUMBER, object, options, PropTypes, required, size, TEXT } from '../common/prop-types';

const INSTANCE_TYPES = listOf(object((name) => `new ec2.InstanceType('${name}')`), { empty: 'leave it out to let AWS Batch choose' });
const SECURITY_GROUPS = listOf(object((id) => `ec2.SecurityGroup.fromSecurityGroupId(this, 'Group', '${id}')`), { empty: 'leave it out, or name a security group' });
const CPU_ARCHITECTURE = object(() => 'ecs.CpuArchitecture.X86_64 or ecs.CpuArchitecture.ARM64');
const BUCKET = object((name) => `s3.Bucket.fromBucketName(this, 'Bucket', '${name}')`);
const JOB_QUEUE = object((arn) => `batch.JobQueue.fromJobQueueArn(this, 'Queue', '${arn}')`);

const FAIR_SHARE: PropTypes<HeavyBatchFairShareOptions> = {
  weights: mapOf(NUMBER),
  shareDecay: duration('seconds'),
  computeReservation: NUMBER,
};

const REGULATED: PropTypes<HeavyBatchRegulatedOptions> = {
  encryptionKey: object((arn) => `kms.Key.fromKeyArn(this, 'Key', '${arn}')`),
  accessLogsBucket: BUCKET,
  logRetention: memberOf(logs.RetentionDays),
  alarmTopic: object((arn) => `sns.Topic.fromTopicArn(this, 'Topic', '${arn}')`),
};

const BLOCK_DEVICE: PropTypes<ec2.BlockDevice> = {
  deviceName: required(TEXT),
  volume: required(object(() => 'ec2.BlockDeviceVolume.ebs(...)')),
  mappingEnabled: FLAG,
};

export const INSTANCE_PROP_TYPES: PropTypes<HeavyBatchInstanceProps> = {
  userData: object(() => 'ec2.UserData.forLinux()'),
  machineImage: object((name) => `ec2.MachineImage.lookup({ name: '${name}' })`),
  keyPair: object((name) => `ec2.KeyPair.fromKeyPairName(this, 'Key', '${name}')`),
  blockDevices: listOf(options(BLOCK_DEVICE)),
  placementGroup: object((name) => `ec2.PlacementGroup.fromPlacementGroupName(this, 'Group', '${name}')`),
  minScaleDownDelay: duration('minutes'),
  imagePullBehavior: memberOf(HeavyBatchImagePullBehavior),
  canContainersAccessInstanceRole: FLAG,
};

export const COMPUTE_PROP_TYPES: PropTypes<HeavyBatchComputeProps> = {
  fargate: FLAG,
  cpuArchitecture: CPU_ARCHITECTURE,
  instanceTypes: INSTANCE_TYPES,
  instanceClasses: listOf(TEXT, { empty: 'leave it out to let AWS Batch choose', elements: true }),
  useOptimalInstanceClasses: FLAG,
  minvCpus: NUMBER,
  maxvCpus: NUMBER,
  vpc: object((id) => `ec2.Vpc.fromLookup(this, 'Vpc', { vpcId: '${id}' })`),
  vpcSubnets: object(() => 'a selection, such as { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }'),
  vpcEndpoints: FLAG,
  securityGroups: SECURITY_GROUPS,
  spot: FLAG,
  onDemandFallback: FLAG,
  scratchSize: size('gibibytes'),
  scratchIops: NUMBER,
  scratchThroughput: NUMBER,
  instanceStore: FLAG,
  fairShare: options(FAIR_SHARE),
  payloadBucket: BUCKET,
  payloadRetention: duration('days'),
  containerInsights: memberOf(ecs.ContainerInsights),
  regulated: options(REGULATED),
  ...INSTANCE_PROP_TYPES,
};

export const QUEUE_COMPUTE_PROP_TYPES: PropTypes<HeavyBatchQueueComputeProps> = {
  jobQueue: required(JOB_QUEUE),
  onDemandJobQueue: JOB_QUEUE,
  fargate: FLAG,
  fairShare: FLAG,
  assignPublicIp: FLAG,
  cpuArchitecture: CPU_ARCHITECTURE,
  instanceTypes: INSTANCE_TYPES,
  maxvCpus: NUMBER,
  scratchSize: size('gibibytes'),
  securityGroups: SECURITY_GROUPS,
  payloadBucket: BUCKET,
  regulated: options(REGULATED),
};
