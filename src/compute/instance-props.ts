import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * When the ECS agent of an instance pulls an image that the instance has already.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pull-behavior.html
 */
export enum HeavyBatchImagePullBehavior {
  /** The image is pulled for each container. If that fails, the image that the instance has is used. */
  DEFAULT = 'default',
  /** The image is pulled for each container. If that fails, the container does not start. */
  ALWAYS = 'always',
  /** The image is pulled for the first container on an instance, and again only after the agent has removed it. */
  ONCE = 'once',
  /** The image is pulled only if the instance does not have it. The agent then removes no images, so they may fill the disk. */
  PREFER_CACHED = 'prefer-cached',
}

/**
 * How the instances of a compute start, and how long they stay. All of these props are refused with `fargate`.
 */
export interface HeavyBatchInstanceProps {
  /**
   * A shell script that runs on each instance before the ECS agent starts. It is a part of its own in the user data, after those of this
   * library, so an error or an `exit` in it ends only this script. Commands may be added until synthesis.
   *
   * The user data of an instance has at most 16 KB, and this part counts 4/3 of its length. Refused when it is longer than that alone, and when
   * it is not a shell script: Windows, and multipart user data.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html
   * @default - none
   */
  readonly userData?: ec2.UserData;

  /**
   * The image (AMI) that instances start from. It must be made from the ECS-optimized image for Amazon Linux 2023, must have the
   * architecture of the instances, and needs NVIDIA's driver if they have GPUs. AWS Batch does not update it: another image needs a
   * deployment. Refused when it is an image for Windows; other images that do not fit fail only when instances start.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/ami-selection-order.html
   * @default - the newest ECS-optimized image for Amazon Linux 2023, or its variant for GPUs or for Neuron chips
   */
  readonly machineImage?: ec2.IMachineImage;

  /**
   * The key pair for SSH. The security groups must let SSH in.
   *
   * @default - none
   */
  readonly keyPair?: ec2.IKeyPair;

  /**
   * Further disks, besides `/dev/xvda`, which is the disk of the system and of the containers (see `scratchSize`). They are attached, but not
   * formatted: do that in `userData`. Refused with `/dev/xvda`, and with the same device name twice.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html
   * @default - none
   */
  readonly blockDevices?: ec2.BlockDevice[];

  /**
   * The placement group of the instances. For jobs with `nodes`, a cluster placement group gives the nodes a fast network. Such a group is in one
   * Availability Zone, so choose one with `vpcSubnets`. EC2 runs at most seven instances of a spread placement group in each zone.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html
   * @default - none
   */
  readonly placementGroup?: ec2.IPlacementGroup;

  /**
   * How long an instance stays after its last job has ended, for jobs that come soon: 20 to 10,080 whole minutes. Instances cost money during
   * this time. A token must be in minutes.
   *
   * To turn it off again, deploy `Duration.minutes(0)` first: AWS Batch keeps a value that is only left out.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeScalingPolicy.html
   * @default - AWS Batch decides
   */
  readonly minScaleDownDelay?: Duration;

  /**
   * When an image is pulled that the instance has already. Jobs that are short start sooner with `ONCE`. An image whose tag is moved to another
   * one is then not noticed; images that the CDK builds have tags of their own.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pull-behavior.html
   * @default HeavyBatchImagePullBehavior.DEFAULT
   */
  readonly imagePullBehavior?: HeavyBatchImagePullBehavior;

  /**
   * Whether the containers of jobs can read the instance metadata (IMDS). With it they get the credentials of the instance role, which can read what
   * ECS sends to any instance of AWS Batch in the account and Region, with the credentials of other jobs. By default connections from containers to the
   * metadata time out. Set this to `true` only for a program that reads the metadata, for example the instance type, and whose code you trust.
   *
   * The job role does not need it: its credentials come from another address. A privileged container can get around the default.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html
   * @default false
   */
  readonly canContainersAccessInstanceRole?: boolean;
}
