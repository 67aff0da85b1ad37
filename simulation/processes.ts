import { ChildProcess, fork } from 'node:child_process';

export interface ProcessesOptions<Setup> {
  /** The script that each process runs. */
  readonly script: string;
  /** Its argument, by which it knows that it is such a process. */
  readonly argument: string;
  readonly workers: number;
  /** What each process receives before its first task. */
  readonly setup: Setup;
}

type FromProcess<Result> = { readonly ready: true } | { readonly result: Result } | { readonly error: string };

/** Performs tasks in several processes. The first error ends all of them. */
export async function inProcesses<Setup, Task, Result>(
  tasks: readonly Task[], options: ProcessesOptions<Setup>, onResult: (result: Result) => void,
): Promise<void> {
  const { script, argument, workers, setup } = options;
  const waiting = [...tasks];
  const children: ChildProcess[] = [];
  const startProcess = () => new Promise<void>((resolve, reject) => {
    // An API call makes much garbage, nearly all of it short-lived. A large young generation saves a tenth of the time.
    const child = fork(script, [argument], { execArgv: ['--max-semi-space-size=128'], serialization: 'advanced' });
    const sendNext = () => {
      if (waiting.length > 0) child.send(waiting.shift() as any);
      else end(child, resolve);
    };
    children.push(child);
    child.on('exit', (code) => reject(new Error(`a worker exited with ${code}`)));
    child.on('message', (message: FromProcess<Result>) => {
      if ('error' in message) {
        waiting.length = 0;
        end(child, () => reject(new Error(message.error)));
        return;
      }
      if ('result' in message) onResult(message.result);
      sendNext();
    });
    child.send(setup as any);
  });
  try {
    await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, startProcess));
  } finally {
    children.forEach((child) => child.kill());
  }
}

/** Performs the tasks that this process receives: what the other side of `inProcesses` does. */
export function performTasks<Setup, Task, Result>(start: (setup: Setup) => Promise<(task: Task) => Promise<Result>>): void {
  let perform: ((task: Task) => Promise<Result>) | undefined;
  const send = (message: FromProcess<Result>) => process.send!(message);
  process.on('disconnect', () => process.exit());
  process.on('message', async (message: unknown) => {
    try {
      if (perform) {
        send({ result: await perform(message as Task) });
      } else {
        perform = await start(message as Setup);
        send({ ready: true });
      }
    } catch (error) {
      send({ error: String((error as Error)?.stack ?? error) });
    }
  });
}

function end(child: ChildProcess, onExit: () => void): void {
  child.removeAllListeners('exit');
  child.once('exit', onExit);
  child.disconnect();
}
