import * as batch from 'aws-cdk-lib/aws-batch';

/**
 * How runc begins to say that it cannot execute the command: it has no such file, or may not execute it. A pattern of a rule ends before
 * the command's name, which stands in quotes.
 */
const RUNC = 'OCI runtime create failed: runc create failed: unable to start container process:';
const COMMAND = [`${RUNC} exec:`, `${RUNC} error during container init: exec:`]; // since runc 1.2

/** The container's reason for it, on instances in the words of Docker since version 24. */
const INVALID_COMMAND = COMMAND.map((text) => `CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: ${text} *`);
const INVALID_COMMAND_ON_FARGATE = COMMAND
  .map((text) => `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: ${text} *`);

/** On Fargate both fields may have it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
const OUT_OF_MEMORY = 'OutOfMemoryError*';
/** Also of a container that Docker, or the ECS agent, lost. Only its container's reason says so. */
const CONTAINER_EXITED = 'Essential container in task exited*';

/**
 * The rules for further attempts. Batch retries whatever no rule matches, which is right for a lost host, and for a secret, a file system,
 * a role or an image that could not be had. So the rules name what another attempt would not change. Batch accepts at most five rules,
 * and a `*` only at the end of a pattern of letters, digits, periods, colons and spaces.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
 */
export function retryRules(fargate: boolean, retryApplicationErrors: boolean): batch.RetryStrategy[] {
  const exit = (reason: batch.CustomReason) => batch.RetryStrategy.of(batch.Action.EXIT, batch.Reason.custom(reason));
  const retry = (reason: batch.CustomReason) => batch.RetryStrategy.of(batch.Action.RETRY, batch.Reason.custom(reason));
  const invalidCommand = (fargate ? INVALID_COMMAND_ON_FARGATE : INVALID_COMMAND).map((onReason) => exit({ onReason }));
  if (retryApplicationErrors) {
    return [
      exit({ onReason: OUT_OF_MEMORY }), // the next attempt would have the same memory
      ...fargate ? [exit({ onStatusReason: OUT_OF_MEMORY })] : [],
      ...invalidCommand,
    ];
  }
  return [
    ...invalidCommand,
    retry({ onReason: 'C*' }), // CannotInspectContainerError, ContainerVanishedError
    fargate ? exit({ onStatusReason: OUT_OF_MEMORY }) : retry({ onReason: 'Docker*' }), // DockerTimeoutError, DockerStateError
    exit({ onStatusReason: CONTAINER_EXITED }),
  ];
}
