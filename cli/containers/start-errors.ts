/** How Docker begins to say that it cannot execute a command. AWS Batch then makes no further attempt: src/job/retry-rules.ts */
export const CANNOT_EXECUTE = 'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: '
  + 'OCI runtime create failed: runc create failed: unable to start container process:';
