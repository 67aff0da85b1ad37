import { Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { Construct, IConstruct } from 'constructs';
import type { HeavyBatchContainerProps } from './container-props';
import type { HeavyBatchLinuxProps } from './linux-props';
import { isKnown, refuse, validateMebibytes } from '../common/validation';
import { FILE_SYSTEM_IN_MEMORY } from '../contract/limits';

type LinuxProps = HeavyBatchLinuxProps & Pick<HeavyBatchContainerProps, 'enableExecuteCommand'>;

/** https://docs.aws.amazon.com/batch/latest/userguide/fargate-job-definitions.html */
const ONLY_ON_INSTANCES = ['sharedMemorySize', 'tmpfs', 'devices', 'ulimits', 'privileged'] as const satisfies (keyof HeavyBatchLinuxProps)[];

export function validateLinux(scope: IConstruct, props: LinuxProps, fargate: boolean): void {
  if (fargate) {
    const prop = ONLY_ON_INSTANCES.find((name) => isSet(props[name]));
    if (prop) refuse(scope, prop, "is given, but 'fargate' is true, and AWS Batch does not support it on Fargate; leave it out, or use instances");
  }
  if (props.sharedMemorySize) validateMebibytes(scope, 'sharedMemorySize', props.sharedMemorySize, FILE_SYSTEM_IN_MEMORY);
  props.tmpfs?.forEach(({ size }, index) => validateMebibytes(scope, `tmpfs[${index}].size`, size, FILE_SYSTEM_IN_MEMORY));
  props.devices?.forEach(({ hostPath }, index) => {
    if (!Token.isUnresolved(hostPath) && !hostPath.startsWith('/')) {
      refuse(scope, `devices[${index}].hostPath`, `is '${hostPath}'; use the absolute path of a device, such as /dev/fuse`);
    }
  });
  props.ulimits?.forEach((ulimit, index) => validateUlimit(scope, `ulimits[${index}]`, ulimit));
  if (props.user === '') refuse(scope, 'user', 'is empty; use a name or a number, or leave it out');
  if (props.enableExecuteCommand && props.readonlyRootFilesystem) {
    refuse(scope, 'enableExecuteCommand', "is true, but 'readonlyRootFilesystem' is true, and the agent that opens a shell writes files in the container; leave one of them out");
  }
}

function isSet(value: HeavyBatchLinuxProps[keyof HeavyBatchLinuxProps]): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** Docker refuses a soft limit above the hard limit, and so the container would not start. -1 stands for no limit. */
function validateUlimit(scope: IConstruct, prop: string, { name, softLimit, hardLimit }: batch.Ulimit): void {
  for (const [limit, value] of Object.entries({ softLimit, hardLimit })) {
    if (isKnown(value) && !(Number.isInteger(value) && value >= -1)) refuse(scope, `${prop}.${limit}`, `is ${value}; use a whole number, or -1 for no limit`);
  }
  if (!isKnown(softLimit) || !isKnown(hardLimit) || hardLimit === -1) return;
  if (softLimit > hardLimit || softLimit === -1) {
    const soft = softLimit === -1 ? 'no soft limit' : `the soft limit ${softLimit}`;
    refuse(scope, prop, `has ${soft} for ${name}, but the hard limit ${hardLimit}; use a soft limit of ${hardLimit} or less`);
  }
}

/** What a container gets from Linux. Undefined when nothing differs from the defaults of Docker. */
export function linuxParameters(scope: Construct, props: LinuxProps): batch.LinuxParameters | undefined {
  // The agent that opens a shell leaves processes behind: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
  const initProcessEnabled = props.initProcessEnabled ?? (props.enableExecuteCommand ? true : undefined);
  const { sharedMemorySize, tmpfs = [], devices = [] } = props;
  if (initProcessEnabled === undefined && !sharedMemorySize && tmpfs.length === 0 && devices.length === 0) return undefined;
  const parameters = new batch.LinuxParameters(scope, 'LinuxParameters', { initProcessEnabled, sharedMemorySize });
  parameters.addTmpfs(...tmpfs);
  parameters.addDevices(...devices);
  return parameters;
}
