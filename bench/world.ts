import { deploymentOf, Which } from './apps';
import { VirtualClock } from '../emulator/clock';
import { Emulator, EmulatorOptions } from '../emulator/emulator';
import { NO_FAULTS } from '../emulator/faults';
import type { ContainerExit } from '../emulator/services/batch/containers';

/** An API call, without its input and output: there are many. */
export interface Call {
  readonly service: string;
  readonly action: string;
  readonly at: number;
  readonly refused: boolean;
}

/** An app in the emulator, on virtual time. */
export class World {
  readonly calls: Call[] = [];
  /** When containers ended, in milliseconds, by job name. */
  readonly ended = new Map<string, number>();
  invocations = 0;
  readonly emulator: Emulator;
  readonly clock = new VirtualClock();

  constructor(which: Which) {
    this.emulator = new Emulator(deploymentOf(which), this.clock);
  }

  /** @param seconds how long a container runs; called once for each */
  async begin(seconds: () => number, submitPerSecond?: number, observers: Pick<EmulatorOptions, 'onCall' | 'journal' | 'onJob'> = {}): Promise<void> {
    const { clock } = this;
    await this.emulator.start({
      submitPerSecond,
      faults: {
        ...NO_FAULTS,
        event: (event) => [{ delay: 500, event }], // EventBridge takes about half a second: https://aws.amazon.com/eventbridge/faqs/
        placement: () => ({ pending: 1_000, runnable: 60_000, starting: 20_000 }),
        invocation: () => {
          this.invocations++;
          return undefined;
        },
      },
      ...observers,
      onCall: (record) => {
        const { service, call: { action }, at, error } = record;
        this.calls.push({ service, action, at, refused: error !== undefined });
        observers.onCall?.(record);
      },
      containers: {
        start: async ({ jobName }) => ({
          exited: new Promise<ContainerExit>((resolve) => clock.after(1000 * seconds(), () => {
            this.ended.set(jobName, clock.now());
            resolve({ exitCode: 0 });
          })),
          stop: () => undefined,
        }),
      },
    });
  }

  async end(): Promise<void> {
    await this.emulator.stop();
  }
}
