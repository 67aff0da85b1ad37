import type { ContainerExit } from '../emulator/services/batch/containers';

/** How an attempt ends, what Batch is told of it, and what it truly was: the oracle goes by `truth`, and by nothing that Batch says. */
export interface Ending {
  readonly truth: Truth;
  /** What the ECS agent says at the end. Undefined: it never ends by itself. */
  readonly exit?: ContainerExit;
  /** The container never runs. */
  readonly refused?: string;
}

/** In the words of a verdict. */
export type Truth = 'SUCCEEDED' | 'SpotReclaimed' | 'OutOfMemory' | 'ImagePull' | 'DiskFull' | 'Infrastructure' | 'AttemptTimeout' | 'Stuck' | 'Cancelled' | 'ExitCode' | 'Unknown';

const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/** Wording: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html, https://docs.aws.amazon.com/batch/latest/userguide/troubleshooting.html */
const ENDINGS: Record<string, (exitCode: number) => Ending> = {
  'exit': (exitCode) => ({ truth: exitCode === 0 ? 'SUCCEEDED' : 'ExitCode', exit: { exitCode } }),
  'out of memory': (exitCode) => ({ truth: 'OutOfMemory', exit: { exitCode, reason: OUT_OF_MEMORY } }),
  'host reclaimed': () => ({ truth: 'SpotReclaimed', exit: { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' } }),
  'image not found': () => ({ truth: 'ImagePull', refused: 'CannotPullContainerError: Error response from daemon: manifest for app:1 not found: manifest unknown' }),
  'disk full': () => ({ truth: 'DiskFull', refused: 'CannotPullContainerError: failed to register layer: write /data: no space left on device' }),
  'docker silent': (exitCode) => ({ truth: 'Infrastructure', exit: { exitCode, reason: 'DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m0s' } }),
  'docker cannot inspect': (exitCode) => ({ truth: 'Infrastructure', exit: { exitCode, reason: 'CannotInspectContainerError: Could not transition to stopped' } }),
  'docker cannot start': () => ({ truth: 'Infrastructure', refused: 'CannotStartContainerError: Error response from daemon: OCI runtime create failed' }),
  'secret not found': () => ({ truth: 'Infrastructure', refused: 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed' }),
  'killed, and nobody says why': () => ({ truth: 'Unknown', exit: { exitCode: 137 } }),
  'a reason that is new': () => ({ truth: 'Unknown', exit: { reason: 'CosmicRayError: a bit was turned over' } }),
  'never': () => ({ truth: 'AttemptTimeout' }),
};

export const ENDING_NAMES = Object.keys(ENDINGS);

/** `exit 3`, `out of memory, exit 0`, `host reclaimed`: undefined for what is none. */
export function readEnding(text: string): Ending | undefined {
  const [, name, exitCode] = /^(.*?)(?:,? ?\bexit (\d+))?$/.exec(text.trim())!;
  const known = name === '' ? 'exit' : name.trim();
  if (!(known in ENDINGS) || (known === 'exit' && exitCode === undefined)) return undefined;
  return ENDINGS[known](Number(exitCode ?? 0));
}
