import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { DiskProps, instanceVolume } from '../instances/instance-disk';

/**
 * What all instances have in common: metadata by IMDSv2 and not for containers, an encrypted gp3 disk, and how they begin.
 */
export function instanceTemplate(scope: Construct, id: string, disk: DiskProps): ec2.LaunchTemplate {
  const template = new ec2.LaunchTemplate(scope, id, {
    requireImdsv2: true,
    httpPutResponseHopLimit: 1, // containers have the job role; the instance's own is not for them
    blockDevices: [{ deviceName: '/dev/xvda', volume: instanceVolume(scope, disk) }],
    userData: userData(disk.instanceStore ?? false),
  });
  // aws-ec2 takes a token for a number, and refuses it.
  if (Token.isUnresolved(disk.scratchThroughput)) {
    (template.node.defaultChild as ec2.CfnLaunchTemplate)
      .addPropertyOverride('LaunchTemplateData.BlockDeviceMappings.0.Ebs.Throughput', disk.scratchThroughput);
  }
  return template;
}

/** In parts, since Batch adds its own: https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html#lt-user-data */
function userData(instanceStore: boolean): ec2.UserData {
  const parts = new ec2.MultipartUserData();
  const add = (contentType: string, lines: string[]) => parts.addPart(ec2.MultipartBody.fromRawBody({
    contentType: `${contentType}; charset="us-ascii"`,
    body: ['#!/bin/bash', ...lines].join('\n'),
  }));
  // Before Docker starts, at each boot.
  if (instanceStore) add('text/cloud-boothook', INSTANCE_STORE);
  // Once, before the ECS agent starts.
  add('text/x-shellscript', [CLEAN_UP]);
  return parts;
}

/**
 * What a container wrote is removed ten minutes after it ended, and not three hours: on an instance that runs one job after the
 * other the disk would be full long before. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html
 */
const CLEAN_UP = 'echo ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m >> /etc/ecs/ecs.config';

/**
 * All of Docker's data on the instance store: images, and whatever containers write, wherever they write it. What a container wrote
 * goes when it goes, and no other one sees it. Several disks are one by RAID 0, where mdadm can be had; else the first one is used.
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
  '  mkfs.xfs -f -K -L scratch $disk', // not a discard of every block first: they are new
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
  // The stop took them out of the boot; they start when it is their turn.
  'systemctl start --no-block docker ecs',
];
