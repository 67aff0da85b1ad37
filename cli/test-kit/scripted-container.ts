import type { Attempt } from './commands';
import type { Timer } from '../../emulator/clock';
import type { Emulator } from '../../emulator/emulator';
import { ServiceError } from '../../emulator/service';
import type { Container, ContainerExit, ContainerRequest } from '../../emulator/services/batch/containers';
import { CONTAINER_VARIABLES } from '../../src/contract/environment';
import { parseS3Uri } from '../../src/contract/object-store';
import { RESULT_LINE } from '../../src/contract/output-lines';

/** The exit codes of SIGKILL and of SIGTERM. */
const [KILLED, TERMINATED] = [137, 143];

/** In the words of the ECS agent: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';
/** In the words of Batch: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
const HOST_TERMINATED = 'Host EC2 (instance i-0123456789abcdef0) terminated.';
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
const TASK_INTERRUPTED = 'Your Spot Task was interrupted.';

/** What a scripted container uses of the emulator. */
export type Host = Pick<Emulator, 'clock' | 'deployment' | 'writeObject'>;

/** A container that does what a script says, on virtual time. */
export function scriptedContainer(request: ContainerRequest, attempt: Attempt, host: Host): Container {
  const { clock } = host;
  const { runsFor, output, ends } = attempt;
  const timers: Timer[] = output.map((line, index) => clock.after(runsFor * (index + 1) / (output.length + 1), () => request.onOutput(line)));
  let exit!: (exit: ContainerExit) => void;
  const exited = new Promise<ContainerExit>((resolve) => {
    exit = (how) => {
      timers.forEach((timer) => timer.cancel());
      resolve(how);
    };
  });
  if (ends !== 'NEVER') timers.push(clock.after(runsFor, () => exit(exitOf(request, attempt, host))));
  return { exited, stop: () => exit({ exitCode: TERMINATED }) };
}

function exitOf(request: ContainerRequest, { ends, exitCode, result }: Attempt, host: Host): ContainerExit {
  switch (ends) {
    case 'OUT_OF_MEMORY':
      return { exitCode: KILLED, reason: OUT_OF_MEMORY };
    case 'SPOT_INTERRUPTION':
      return { statusReason: isOnFargateSpot(request, host) ? TASK_INTERRUPTED : HOST_TERMINATED };
    case 'FAILS':
      return { exitCode: exitCode ?? 1 };
    default:
      return { exitCode: result === undefined || writeResult(request, JSON.stringify(result), host) ? 0 : 1 };
  }
}

/** The queue of the fallback has no Spot capacity, on Fargate as on instances. */
function isOnFargateSpot({ jobQueueArn }: ContainerRequest, { deployment: { jobQueues, computeEnvironments } }: Host): boolean {
  const { computeEnvironmentArns = [] } = jobQueues.find(({ arn }) => arn === jobQueueArn) ?? {};
  return computeEnvironments.some(({ arn, type }) => computeEnvironmentArns.includes(arn) && type === 'FARGATE_SPOT');
}

/** Writes the result where the job has its place in S3, or else as a line. False where the role of the job may not. */
function writeResult({ environment, jobRoleArn, onOutput }: ContainerRequest, result: string, host: Host): boolean {
  const location = parseS3Uri(environment[CONTAINER_VARIABLES.RESULT] ?? '');
  if (!location) {
    onOutput(`${RESULT_LINE}${result}`);
    return true;
  }
  try {
    host.writeObject(jobRoleArn, location.bucket, location.key, Buffer.from(result));
    return true;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    onOutput(`the result cannot be written: ${error.message}`);
    return false;
  }
}
