import type { ContainerExit } from '../emulator/services/batch/containers';
import type { FailureReason } from '../src/contract/errors';

/** What a run has to report, in the terms of a verdict. */
export type ActualOutcome = 'SUCCEEDED' | FailureReason;

/** How an attempt ends: what actually happened, and what AWS Batch is told about it. */
export interface Ending {
  /** What actually happened. The oracle reads only this, and nothing that AWS Batch reports. */
  readonly outcome: ActualOutcome;
  /** What the ECS agent reports at the end. Undefined when the container never ends by itself. */
  readonly exit?: ContainerExit;
  /** Why the container cannot start. Undefined when it starts. */
  readonly startError?: string;
}

const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/**
 * The wording is AWS's own, written here a second time on purpose: the oracle must not depend on the library's reason table.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html,
 * https://docs.aws.amazon.com/batch/latest/userguide/troubleshooting.html
 */
const ENDINGS: Record<string, (exitCode: number) => Ending> = {
  'exit': (exitCode) => ({ outcome: exitCode === 0 ? 'SUCCEEDED' : 'ExitCode', exit: { exitCode } }),
  'out of memory': (exitCode) => ({ outcome: 'OutOfMemory', exit: { exitCode, reason: OUT_OF_MEMORY } }),
  'host reclaimed': () => ({ outcome: 'SpotReclaimed', exit: { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' } }),
  'image not found': () => ({ outcome: 'ImagePull', startError: 'CannotPullContainerError: Error response from daemon: manifest for app:1 not found: manifest unknown' }),
  'disk full': () => ({ outcome: 'DiskFull', startError: 'CannotPullContainerError: failed to register layer: write /data: no space left on device' }),
  'docker timeout': (exitCode) => ({ outcome: 'Infrastructure', exit: { exitCode, reason: 'DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m0s' } }),
  'docker cannot inspect': (exitCode) => ({ outcome: 'Infrastructure', exit: { exitCode, reason: 'CannotInspectContainerError: Could not transition to stopped' } }),
  'docker cannot start': () => ({ outcome: 'Infrastructure', startError: 'CannotStartContainerError: Error response from daemon: OCI runtime create failed' }),
  'secret not found': () => ({ outcome: 'Infrastructure', startError: 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed' }),
  'killed without a reason': () => ({ outcome: 'Unknown', exit: { exitCode: 137 } }),
  'unknown reason': () => ({ outcome: 'Unknown', exit: { reason: 'CosmicRayError: a bit was turned over' } }),
  'never': () => ({ outcome: 'AttemptTimeout' }),
};

export const ENDING_NAMES = Object.keys(ENDINGS);

/** Reads `exit 3`, `out of memory, exit 0` or `host reclaimed`; undefined for an unknown ending. */
export function readEnding(text: string): Ending | undefined {
  const [, name, exitCode] = /^(.*?)(?:,? ?\bexit (\d+))?$/.exec(text.trim())!;
  const key = name === '' ? 'exit' : name.trim();
  if (!(key in ENDINGS) || (key === 'exit' && exitCode === undefined)) return undefined;
  return ENDINGS[key](Number(exitCode ?? 0));
}
