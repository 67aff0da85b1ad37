import { ChildProcess, fork } from 'node:child_process';

export interface ProcessesOptions<Setup, Task, Result> {
  /** The script that each process runs. */
  readonly script: string;
  /** Its argument, by which it knows that it is such a process. */
  readonly argument: string;
  readonly workers: number;
  /** What each process receives before its first task. */
  readonly setup: Setup;
  /** Without it, a process may take as long as it wants. */
  readonly silence?: Silence<Task, Result>;
}

/** A process from which nothing was heard for so long is ended, and another one takes its place. */
export interface Silence<Task, Result> {
  readonly milliseconds: number;
  /** What stands for the result of the task that the process had. */
  readonly resultOf: (task: Task) => Result;
}

type FromProcess<Result> = { readonly ready: true } | { readonly alive: true } | { readonly result: Result } | { readonly error: string };

/** Performs tasks in several processes. The first error ends all of them. */
export async function inProcesses<Setup, Task, Result>(
  tasks: readonly Task[], options: ProcessesOptions<Setup, Task, Result>, onResult: (result: Result) => void,
): Promise<void> {
  const { script, argument, workers, setup, silence } = options;
  const waiting = [...tasks];
  const children: ChildProcess[] = [];
  const startProcess = () => new Promise<void>((resolve, reject) => {
    // An API call makes much garbage, nearly all of it short-lived. A large young generation saves a tenth of the time.
    const child = fork(script, [argument], { execArgv: ['--max-semi-space-size=128'], serialization: 'advanced' });
    let timer: NodeJS.Timeout | undefined;
    const listen = (task: Task) => {
      clearTimeout(timer);
      timer = silence && setTimeout(() => {
        child.removeAllListeners();
        child.kill('SIGKILL');
        onResult(silence.resultOf(task));
        startProcess().then(resolve, reject);
      }, silence.milliseconds).unref();
    };
    let task: Task | undefined;
    const sendNext = () => {
      clearTimeout(timer);
      task = waiting.shift();
      if (task === undefined) {
        end(child, resolve);
        return;
      }
      listen(task);
      child.send(task as any);
    };
    children.push(child);
    child.on('exit', (code) => reject(new Error(`a worker exited with ${code}`)));
    child.on('message', (message: FromProcess<Result>) => {
      if ('alive' in message) {
        listen(task!);
        return;
      }
      if ('error' in message) {
        clearTimeout(timer);
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
    children.forEach((child) => child.kill('SIGKILL'));
  }
}

/** Performs a task, and calls `onProgress` now and then. */
type Perform<Task, Result> = (task: Task, onProgress: () => void) => Promise<Result>;

/** Performs the tasks that this process receives: what the other side of `inProcesses` does. */
export function performTasks<Setup, Task, Result>(start: (setup: Setup) => Promise<Perform<Task, Result>>): void {
  let perform: Perform<Task, Result> | undefined;
  const send = (message: FromProcess<Result>) => process.send!(message);
  process.on('disconnect', () => process.exit());
  process.on('message', async (message: unknown) => {
    try {
      if (perform) {
        send({ result: await perform(message as Task, () => send({ alive: true })) });
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
