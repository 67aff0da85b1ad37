import { Deployment } from '../../emulator/assembly/deployment';
import { VirtualClock } from '../../emulator/clock';
import { Emulator, EmulatorOptions } from '../../emulator/emulator';
import { NO_FAULTS } from '../../emulator/faults';
import { CallRecord } from '../../emulator/http';
import { ContainerExit, ContainerRequest, ContainerRuntime } from '../../emulator/services/batch/containers';

export const MINUTE = 60_000;

/** What the container of a request does: how long it runs, in milliseconds, and how it exits. */
export type Script = (request: ContainerRequest) => { readonly after: number; readonly exit: ContainerExit; readonly ignoresTerm?: boolean };

export const succeeds: Script = () => ({ after: 10 * MINUTE, exit: { exitCode: 0 } });

/**
 * An emulator with the functions that ship, on virtual time, whose containers follow a script. It is started before the tests of a
 * file and stopped after them.
 */
export function scriptedEmulator(deployment: Deployment) {
  const clock = new VirtualClock();
  const emulator = new Emulator(deployment, clock);
  const calls: CallRecord[] = [];
  const requests: ContainerRequest[] = [];
  let mostAtOnce = 0;

  beforeAll(() => emulator.start({ containers: { start: () => Promise.reject(new Error('begin() has not been called')) }, faults: NO_FAULTS }));
  afterAll(() => emulator.stop());

  const containers = (script: Script): ContainerRuntime => {
    let running = 0;
    return {
      start: async (request) => {
        requests.push(request);
        mostAtOnce = Math.max(mostAtOnce, ++running);
        const { after, exit, ignoresTerm } = script(request);
        let end!: (exit: ContainerExit) => void;
        const exited = new Promise<ContainerExit>((resolve) => { end = resolve; });
        void exited.then(() => running--);
        clock.after(after, () => end(exit));
        return {
          exited,
          stop: (grace) => {
            if (!ignoresTerm) end({ exitCode: 143 });
            clock.after(grace, () => end({ exitCode: 137 }));
          },
        };
      },
    };
  };

  return {
    emulator,
    clock,
    /** The API calls since `begin()`. */
    calls,
    /** The containers that were started since `begin()`. */
    requests,
    /** How many containers ran at the same time. */
    mostAtOnce: () => mostAtOnce,
    begin(script: Script, options: Partial<EmulatorOptions> = {}): void {
      calls.length = requests.length = mostAtOnce = 0;
      emulator.begin({ faults: NO_FAULTS, onCall: (call) => calls.push(call), containers: containers(script), ...options });
    },
    /** Runs the first state machine of the app to its end. */
    async run(input: unknown = {}) {
      const execution = emulator.stepFunctions.start(deployment.stateMachines[0].arn, input);
      await emulator.settle(() => execution.status !== 'RUNNING');
      return execution;
    },
  };
}
