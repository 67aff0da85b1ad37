import type { Definition } from './definition';
import { batchesOf } from './item-batcher';
import { itemLimit, readItems } from './item-reader';
import { processorOf } from './map-definition';
import { inputOf, itemsOf } from './map-items';
import { ChildExecution, countsOf, MapCall, MapRun, MapRunCounts, MapRunInput } from './map-run';
import { numberIn } from './number-fields';
import { writeResults } from './result-writer';
import { forever, ResumableWork, StateContext, StateWork } from './state-context';
import { RuntimeError, runtimeError, TaskError } from './task-error';

/** The most child executions of a map that run at the same time: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_CONCURRENT_CHILDREN = 10_000;

interface Settings {
  readonly itemLimit: number;
  readonly concurrency: number;
  /** More failed items than this, and the map fails. */
  readonly isFailure: (failed: number, total: number) => boolean;
}

interface Progress {
  /** The execution is over. */
  isAbandoned?: boolean;
  /** More items have failed than are tolerated. */
  hasFailed?: boolean;
}

/**
 * A Map state in distributed mode: reads the items, runs a child execution for each item or batch of items, and returns or writes their
 * results. A redrive redrives the executions that did not succeed, and starts those that had not begun.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export class DistributedMap implements ResumableWork {
  private readonly children: (ChildExecution | undefined)[] = [];
  private readonly call: MapCall;
  private inputs?: MapRunInput[];
  private mapRunArn?: string;

  /** @param eventId the event with which the state started, so that each map run has an ARN of its own */
  constructor(private readonly context: StateContext, private readonly eventId: number) {
    const { machine } = context.host;
    const { integration, roleArn } = machine;
    this.call = (resource, parameters) => integration({ resource, parameters, roleArn, onAbandon: () => undefined, onSubmitted: () => undefined });
  }

  run(): StateWork {
    const progress: Progress = {};
    const abandon = () => {
      progress.isAbandoned = true;
      this.stopChildren();
      this.report('ABORTED');
    };
    return { result: this.runChildren(progress), abandon };
  }

  private async runChildren(progress: Progress): Promise<unknown> {
    const { chain, name, state } = this.context;
    const settings = this.settings();
    this.begin();
    try {
      this.inputs ??= await this.readInputs(settings);
      if (progress.isAbandoned) return await forever();
      this.report('RUNNING');
      await this.runAll(settings, progress);
      if (progress.isAbandoned) return await forever();
      const written = state.ResultWriter ? await this.writtenResults() : undefined;
      if (progress.isAbandoned) return await forever();
      if (progress.hasFailed) throw new TaskError('States.ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded');
      const output = written ?? this.outputs();
      this.report('SUCCEEDED');
      chain.add('MapRunSucceeded', {});
      return output;
    } catch (error) {
      if (progress.isAbandoned) return forever();
      progress.hasFailed = true;
      this.stopChildren();
      this.report('FAILED');
      if (error instanceof TaskError && !(error instanceof RuntimeError)) chain.add('MapRunFailed', { name, error: error.error, cause: error.cause });
      throw error;
    }
  }

  private settings(): Settings {
    const { state, scope } = this.context;
    const concurrency = numberIn(state, 'MaxConcurrency', 'integer', scope) ?? 0;
    const toleratedCount = numberIn(state, 'ToleratedFailureCount', 'integer', scope);
    const toleratedPercentage = numberIn(state, 'ToleratedFailurePercentage', 'float', scope);
    const count = toleratedCount ?? (toleratedPercentage === undefined ? 0 : Infinity);
    const percentage = toleratedPercentage ?? 100;
    if (concurrency < 0) throw runtimeError('MaxConcurrency cannot be negative.');
    if (count < 0) throw runtimeError('ToleratedFailureCount cannot be negative.');
    if (percentage < 0 || percentage > 100) throw runtimeError('ToleratedFailurePercentage must be between 0 and 100.');
    return {
      itemLimit: state.ItemReader ? itemLimit(state.ItemReader, scope) : 0,
      concurrency: Math.min(concurrency || MOST_CONCURRENT_CHILDREN, MOST_CONCURRENT_CHILDREN),
      isFailure: (failed, total) => failed > count || failed > total * percentage / 100,
    };
  }

  private begin(): void {
    const { host, chain, name, state } = this.context;
    const isRedrive = this.mapRunArn !== undefined;
    this.mapRunArn ??= `${host.machine.arn.replace(':stateMachine:', ':mapRun:')}/${state.Label ?? name}:${host.name}-${this.eventId}`;
    chain.add(isRedrive ? 'MapRunRedriven' : 'MapRunStarted', { mapRunArn: this.mapRunArn });
  }

  private async readInputs(settings: Settings): Promise<MapRunInput[]> {
    const { state, scope } = this.context;
    // `ItemsPath` has no effect beside an `ItemReader`: the service takes the whole list, whatever the path is.
    const items = state.ItemReader ? await readItems(state.ItemReader, settings.itemLimit, scope, this.call) : itemsOf(state, scope);
    const inputs = items.map((Value, Index) => inputOf(state, scope, { Index, Value }));
    return state.ItemBatcher ? batchesOf(state.ItemBatcher, inputs, scope) : inputs.map((input) => ({ input, items: 1 }));
  }

  private async runAll({ concurrency, isFailure }: Settings, progress: Progress): Promise<void> {
    const inputs = this.inputs!;
    const waiting = inputs.map((_, index) => index).filter((index) => this.children[index]?.status !== 'SUCCEEDED');
    const isOver = () => progress.isAbandoned || progress.hasFailed;
    const total = inputs.reduce((sum, { items }) => sum + items, 0);
    // What failed before a redrive counts only if it fails again.
    let failed = 0;
    const runNext = async () => {
      for (let index = waiting.shift(); index !== undefined && !isOver(); index = waiting.shift()) {
        const child = this.children[index];
        if (child) await this.call('map:redriveExecution', { ExecutionArn: child.arn });
        else await this.call('map:startExecution', { StateMachineArn: this.context.host.machine.arn });
        if (isOver()) return;
        if (child) child.redrive();
        else this.children[index] = this.startChild(inputs[index].input, index);
        await this.children[index]!.done();
        if (this.children[index]!.status !== 'SUCCEEDED') failed += inputs[index].items;
        if (isOver() || !isFailure(failed, total)) continue;
        progress.hasFailed = true;
        this.stopChildren();
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, waiting.length) }, runNext));
  }

  private stopChildren(): void {
    this.children.forEach((child) => child?.stop('States.Aborted', 'the map run was stopped'));
  }

  private startChild(input: unknown, index: number): ChildExecution {
    const { host, state } = this.context;
    const name = `${this.mapRunArn!.split(':').at(-1)}-${String(index).padStart(5, '0')}`;
    const arn = `${this.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    return host.startChild(processorOf(state) as Definition, arn, name, input);
  }

  private async writtenResults(): Promise<unknown> {
    const { state, scope } = this.context;
    const files = { mapRunArn: this.mapRunArn!, stateMachineArn: this.stateMachineArn, children: this.children, call: this.call };
    return { MapRunArn: this.mapRunArn, ResultWriterDetails: await writeResults(state.ResultWriter, scope, files) };
  }

  private outputs(): unknown[] {
    if (this.itemCounts().failed > 0) throw runtimeError("the emulator needs a 'ResultWriter' where items may fail: AWS does not document the output without it");
    return this.inputs!.map((_, index) => this.children[index]!.output);
  }

  private report(status: MapRun['status']): void {
    this.context.host.machine.onMapRun({
      mapRunArn: this.mapRunArn!,
      status,
      items: () => this.itemCounts(),
      executions: () => countsOf(this.inputs ?? [], this.children, () => 1),
    });
  }

  private itemCounts(): MapRunCounts {
    const inputs = this.inputs ?? [];
    return countsOf(inputs, this.children, (index) => inputs[index].items);
  }

  /** The state machine that the child executions belong to. */
  private get stateMachineArn(): string {
    const { host, name, state } = this.context;
    return `${host.machine.arn}/${state.Label ?? name}`;
  }
}
