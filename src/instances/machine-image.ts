import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { Hardware, namedInstances } from './hardware';
import { hasGpus } from './instance-gpus';
import { refuse, warn } from '../common/validation';

/** AWS Batch's names for the ECS-optimized images that instances start from. */
export type ImageType = 'ECS_AL2023' | 'ECS_AL2023_NVIDIA';

/** The images of the instances: one for those without GPUs, and one with NVIDIA's driver for those with GPUs. A token may need either. */
export function imageTypes(types: ec2.InstanceType[], classes: ec2.InstanceClass[], useOptimal = false): ImageType[] {
  const named = namedInstances(types, classes);
  const hasTokens = named.length < types.length + classes.length;
  const withGpus = named.filter(({ family }) => hasGpus(family)).length;
  return [
    ...named.length === 0 || hasTokens || useOptimal || withGpus < named.length ? ['ECS_AL2023' as const] : [],
    ...hasTokens || withGpus > 0 ? ['ECS_AL2023_NVIDIA' as const] : [],
  ];
}

/** Whether a family has Inferentia or Trainium chips. */
export function hasNeuron(family: string): boolean {
  return /^(inf|trn)\d/.test(family);
}

/**
 * The ECS-optimized image with the Neuron driver, where instances need it. AWS Batch has no image type of its own for it, so its id is read
 * from AWS's public parameter, at each deployment. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
 */
export function neuronImage(scope: IConstruct, types: ec2.InstanceType[], classes: ec2.InstanceClass[], useOptimal: boolean): ec2.IMachineImage | undefined {
  const withoutGpus = namedInstances(types, classes).filter(({ family }) => !hasGpus(family));
  const first = withoutGpus.find(({ family }) => hasNeuron(family));
  if (!first) return undefined;
  const other = useOptimal ? "Batch's optimal instances" : withoutGpus.find(({ family }) => !hasNeuron(family))?.name;
  if (other) refuse(scope, first.prop, `has ${first.name}, which starts from the image with the Neuron driver, but ${other} would start from it too; use two computes`);
  return ec2.MachineImage.fromSsmParameter('/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id');
}

interface DeviceProps {
  readonly devices?: unknown[];
  /** A privileged container sees all devices. */
  readonly privileged?: boolean;
}

/** Warns of Neuron chips that a job's container does not see: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference-task-def.html */
export function warnOfNeuronDevices(scope: IConstruct, { devices = [], privileged }: DeviceProps, { instanceTypes, instanceClasses }: Hardware): void {
  const first = namedInstances(instanceTypes, instanceClasses).find(({ family }) => hasNeuron(family));
  if (first && devices.length === 0 && !privileged) {
    warn(scope, 'neuronDevices', `${first.name} has Neuron devices (Inferentia or Trainium), but the job has no 'devices', so its container cannot use them; ` +
      "set 'devices' to /dev/neuron0 and so on, or use other instances");
  }
}
