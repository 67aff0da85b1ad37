import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { CLOSE_INSTANCE_METADATA } from './instance-metadata';
import type { HeavyBatchInstanceProps } from './instance-props';
import { ROOT_DEVICE } from './validate-instances';
import { accepted } from '../common/validation';
import { DiskProps, instanceVolume } from '../instances/instance-disk';

export interface InstanceTemplateProps
  extends DiskProps, Pick<HeavyBatchInstanceProps, 'userData' | 'keyPair' | 'blockDevices' | 'imagePullBehavior' | 'canContainersAccessInstanceRole'> {
  readonly encryptionKey?: kms.IKey;
}

/** The launch template of all instances: IMDSv2, an encrypted gp3 disk, and scripts for the first boot. */
export function instanceTemplate(scope: Construct, id: string, props: InstanceTemplateProps): ec2.LaunchTemplate {
  const root = { deviceName: ROOT_DEVICE, volume: instanceVolume(scope, props) };
  const template = accepted(scope, 'blockDevices', 'has a disk that EC2 does not offer', 'use another volume', () => new ec2.LaunchTemplate(scope, id, {
    requireImdsv2: true,
    // Keeps containers in bridge networks from the metadata. CLOSE_INSTANCE_METADATA keeps those in the network of their host from it.
    httpPutResponseHopLimit: 1,
    keyPair: props.keyPair,
    blockDevices: [root, ...props.blockDevices ?? []],
    userData: userData(props),
  }));
  // aws-ec2 compares a token as if it were a number, and refuses it.
  if (Token.isUnresolved(props.scratchThroughput)) {
    (template.node.defaultChild as ec2.CfnLaunchTemplate)
      .addPropertyOverride('LaunchTemplateData.BlockDeviceMappings.0.Ebs.Throughput', props.scratchThroughput);
  }
  return template;
}

/** Batch adds a part of its own, so the user data must be multipart: https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html#lt-user-data */
function userData(props: InstanceTemplateProps): ec2.UserData {
  const parts = new ec2.MultipartUserData();
  const add = (contentType: string, lines: string[]) => parts.addPart(ec2.MultipartBody.fromRawBody({
    contentType: `${contentType}; charset="us-ascii"`,
    body: ['#!/bin/bash', ...lines].join('\n'),
  }));
  // Runs at each boot, before Docker starts.
  if (props.instanceStore) add('text/cloud-boothook', INSTANCE_STORE);
  // Run once, before the ECS agent starts.
  add('text/x-shellscript', [
    CLEAN_UP,
    OFFER_LOG_DRIVERS,
    ...props.imagePullBehavior ? [`echo ECS_IMAGE_PULL_BEHAVIOR=${props.imagePullBehavior} >> /etc/ecs/ecs.config`] : [],
    ...props.canContainersAccessInstanceRole ? [] : CLOSE_INSTANCE_METADATA,
  ]);
  if (props.userData) parts.addPart(ec2.MultipartBody.fromUserData(props.userData)); // in base64, so no text in it can end the part
  return parts;
}

/**
 * The files of a container are deleted ten minutes after it has ended. With the default of three hours, an instance that runs many
 * short jobs could fill its disk. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html
 */
const CLEAN_UP = 'echo ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m >> /etc/ecs/ecs.config';

/** The log drivers that AWS Batch supports on instances: https://docs.aws.amazon.com/batch/latest/APIReference/API_LogConfiguration.html */
export const LOG_DRIVERS = ['awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'splunk', 'syslog'];

/**
 * The agent offers only some drivers by default, and a job with another one would stay RUNNABLE.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 */
const OFFER_LOG_DRIVERS = `echo 'ECS_AVAILABLE_LOGGING_DRIVERS=${JSON.stringify(LOG_DRIVERS)}' >> /etc/ecs/ecs.config`;

/**
 * Moves Docker's data to the instance store: images, and all files that containers write. No container sees the files of another one, and
 * they are deleted with the container. Several disks become one with RAID 0. Where mdadm cannot be installed, only the first disk is used.
 */
const INSTANCE_STORE = [
  'set -euo pipefail',
  'udevadm settle',
  'if ! blkid --label scratch; then',
  "  mapfile -t disks < <(lsblk --nodeps --noheadings --paths --output NAME,MODEL | awk '/Instance Storage/ { print $1 }')",
  '  [ ${#disks[@]} -gt 0 ] || { echo "no instance store: the root disk is used"; exit 0; }',
  '  disk=${disks[0]}',
  '  if [ ${#disks[@]} -gt 1 ] && { command -v mdadm || dnf install --assumeyes mdadm; }; then',
  '    disk=/dev/md0',
  '    mdadm --create $disk --run --level=0 --raid-devices=${#disks[@]} "${disks[@]}"',
  '  fi',
  '  mkfs.xfs -f -K -L scratch $disk', // -K: the blocks are new, and discarding all of them would take long
  '  udevadm settle',
  'fi',
  'systemctl stop docker.socket docker containerd',
  'mkdir -p /scratch',
  'mount -o noatime -L scratch /scratch',
  'for directory in docker containerd; do',
  '  mkdir -p /var/lib/$directory',
  '  [ -e /scratch/$directory ] || cp --archive /var/lib/$directory /scratch/$directory',
  '  mount --bind /scratch/$directory /var/lib/$directory',
  'done',
  // The stop removed their start jobs from the boot. `--no-block` queues new ones without waiting for them.
  'systemctl start --no-block docker ecs',
];
