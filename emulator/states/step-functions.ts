import { Definition, readDefinition } from './definition';
import { DefinitionError } from './definition-checks';
import { Execution, HistoryEvent, Machine } from './execution';
import { describeExecution, inSeconds, isRedrivable, statusEventOf, whyNotRedrivable } from './execution-descriptions';
import { listExecutions, listHistory, listStateMachines, validateListExecutions } from './execution-lists';
import { ExecutionState, PastExecution, pastOf, stateOf } from './execution-state';
import { MapRun, MapRunCounts } from './map-run';
import { LARGEST_PAYLOAD } from './payload';
import { requireSupportedResources } from './resources';
import { OpenTask, TaskIntegration } from './task';
import type { DeployedStateMachine } from '../assembly/deployment';
import { Clock } from '../clock';
import { ApiCall, Authorization, Service, ServiceError } from '../service';

export interface StepFunctionsOptions {
  readonly clock: Clock;
  readonly account: string;
  readonly region: string;
  readonly stateMachines: readonly DeployedStateMachine[];
  readonly integration: TaskIntegration;
  /** The resources that `integration` can call. A state machine with another one cannot be started. Undefined: it can call all. */
  readonly resources?: { readonly supported: readonly string[]; readonly isSupported: (resource: string) => boolean };
  readonly random: () => number;
  readonly onEvent: (event: Record<string, unknown>) => void;
  readonly onHistory?: (execution: Execution, event: HistoryEvent) => void;
  /** An execution that the service lists has begun or has gone on. */
  readonly onExecution?: (execution: ExecutionState) => void;
  /** How a call with a closed task token is answered. Step Functions mostly answers with an error, but sometimes as if the token were open. */
  readonly closedTokens?: 'error' | 'silent';
  readonly onUnexpectedError?: (error: unknown) => void;
}

/** Characters. https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
const LONGEST_ERROR = 256;
const LONGEST_CAUSE = 32_768;

/** Step Functions: executions of Standard workflows, and the API to start, describe, list, stop and redrive them and to answer their tasks. */
export class StepFunctions implements Service {
  readonly name = 'sfn';
  private readonly machines = new Map<string, Machine>();
  private readonly executionsByArn = new Map<string, Execution>();
  private readonly pastByArn = new Map<string, PastExecution>();
  private readonly tokens = new Map<string, { task?: OpenTask; machineArn: string }>();
  private readonly mapRuns = new Map<string, MapRun>();
  private readonly createdAt: number;
  private unnamedCount = 0;

  constructor(private readonly options: StepFunctionsOptions) {
    this.createdAt = options.clock.now();
    for (const machine of options.stateMachines) {
      const { clock, random, integration, onExecution, onUnexpectedError } = options;
      const onHistory = onExecution === undefined ? options.onHistory : (execution: Execution, event: HistoryEvent) => {
        options.onHistory?.(execution, event);
        if (this.executionsByArn.get(execution.arn) === execution) onExecution(execution);
      };
      this.machines.set(machine.arn, {
        arn: machine.arn,
        name: machine.name,
        roleArn: machine.roleArn,
        definition: inMachine(machine, () => readDefinition(machine.definition)),
        clock,
        random,
        integration,
        onHistory,
        onUnexpectedError,
        openToken: (task) => this.openToken(task, machine.arn),
        closeToken: (token) => { this.tokens.get(token)!.task = undefined; },
        onMapRun: (mapRun) => this.mapRuns.set(mapRun.mapRunArn, mapRun),
        onStatus: (execution) => options.onEvent(statusEventOf(execution, options.account, options.region, clock.now())),
      });
    }
  }

  /** Those that were started here. */
  executions(): Execution[] {
    return [...this.executionsByArn.values()];
  }

  /** All executions, the oldest first. */
  state(): ExecutionState[] {
    return this.known().map(stateOf);
  }

  /** Takes the executions of a former emulator, the oldest first. Those that were in progress are aborted. */
  restore(states: readonly ExecutionState[]): void {
    const { account, region, clock, onEvent, onExecution } = this.options;
    for (const state of states) {
      const past = pastOf(state, clock.now());
      this.pastByArn.set(past.arn, past);
      if (state.status !== 'RUNNING') continue;
      onExecution?.(past);
      onEvent(statusEventOf(past, account, region, clock.now()));
    }
  }

  private known(): (Execution | PastExecution)[] {
    return [...this.pastByArn.values(), ...this.executionsByArn.values()];
  }

  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html, in the spelling of Task states */
  describeMapRun(arn: string): Record<string, unknown> {
    const mapRun = this.mapRuns.get(arn);
    if (!mapRun) throw new ServiceError('ResourceNotFound', `Resource not found: '${arn}'`);
    return { MapRunArn: arn, Status: mapRun.status, ItemCounts: describeCounts(mapRun.items()), ExecutionCounts: describeCounts(mapRun.executions()) };
  }

  private machine(arn: string): Machine {
    assertArn(arn);
    const machine = this.machines.get(arn);
    if (!machine) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html */
  private describeMachine(arn: string): Record<string, unknown> {
    const { name, roleArn } = this.machine(arn);
    const { definition, tracing } = this.options.stateMachines.find((machine) => machine.arn === arn)!;
    const settings = { type: 'STANDARD', roleArn, definition: JSON.stringify(definition), tracingConfiguration: { enabled: tracing } };
    return { stateMachineArn: arn, name, status: 'ACTIVE', creationDate: inSeconds(this.createdAt), ...settings };
  }

  /** An execution that was started here. */
  execution(arn: string): Execution {
    assertArn(arn);
    const execution = this.executionsByArn.get(arn);
    if (!execution) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  /** An execution that was started here, or in a former emulator. */
  private anyExecution(arn: string): Execution | PastExecution {
    return this.pastByArn.get(arn) ?? this.execution(arn);
  }

  start(stateMachineArn: string, input: unknown, name = this.newName(stateMachineArn)): Execution {
    const machine = this.machine(stateMachineArn);
    this.requireSupported(stateMachineArn, machine.definition);
    if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\0-\x1f\x7f-\x9f]{1,80}$/.test(name)) throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    if (Buffer.byteLength(JSON.stringify(input)) > LARGEST_PAYLOAD) throw new ServiceError('ValidationException', `input is longer than ${LARGEST_PAYLOAD} bytes`);
    const arn = executionArnOf(stateMachineArn, name);
    const existing = this.executionsByArn.get(arn);
    if (existing || this.pastByArn.has(arn)) {
      if (existing?.status === 'RUNNING' && JSON.stringify(existing.input) === JSON.stringify(input)) return existing;
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = new Execution(machine, arn, name, input);
    this.executionsByArn.set(arn, execution);
    this.options.onExecution?.(execution);
    return execution;
  }

  private newName(stateMachineArn: string): string {
    let name: string;
    do name = `run-${++this.unnamedCount}`; while (this.pastByArn.has(executionArnOf(stateMachineArn, name)));
    return name;
  }

  /** Checked only when it is started: an app may have other state machines, which nobody runs here. */
  private requireSupported(arn: string, definition: Definition): void {
    const { resources, stateMachines } = this.options;
    const deployed = stateMachines.find((machine) => machine.arn === arn)!;
    if (resources) inMachine(deployed, () => requireSupportedResources(definition, resources.isSupported, resources.supported));
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
  authorizations({ action, input }: ApiCall): Authorization[] {
    const resource = input.executionArn ?? input.stateMachineArn ?? this.tokens.get(input.taskToken)?.machineArn ?? '*';
    return [{ action: `states:${action}`, resource, context: this.tagsOf(resource) }];
  }

  /** An execution has the tags of its state machine: https://docs.aws.amazon.com/step-functions/latest/dg/tag-based-policies.html */
  private tagsOf(arn: string): Record<string, string> {
    const machine = this.options.stateMachines.find((each) => arn === each.arn || arn.startsWith(`${each.arn.replace(':stateMachine:', ':execution:')}:`));
    return Object.fromEntries(Object.entries(machine?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  }

  async handle({ action, input }: ApiCall): Promise<unknown> {
    const { clock, region } = this.options;
    switch (action) {
      case 'StartExecution': {
        const execution = this.start(input.stateMachineArn, executionInputOf(input.input ?? '{}'), input.name);
        return { executionArn: execution.arn, startDate: inSeconds(execution.startedAt) };
      }
      case 'DescribeStateMachine':
        return this.describeMachine(input.stateMachineArn);
      case 'DescribeExecution':
        return describeExecution(this.anyExecution(input.executionArn));
      case 'GetExecutionHistory':
        return listHistory(this.anyExecution(input.executionArn), input, region, clock.now());
      case 'ListExecutions':
        validateListExecutions(input);
        this.machine(input.stateMachineArn);
        return listExecutions(this.known(), input, clock.now());
      case 'ListStateMachines':
        return listStateMachines(this.options.stateMachines, inSeconds(this.createdAt), input, clock.now());
      case 'StopExecution': {
        const execution = this.anyExecution(input.executionArn);
        if (!('isPast' in execution)) execution.stop(input.error, input.cause);
        return { stopDate: inSeconds(execution.stoppedAt) };
      }
      case 'RedriveExecution': {
        const execution = this.anyExecution(input.executionArn);
        if ('isPast' in execution || !isRedrivable(execution)) throw new ServiceError('ExecutionNotRedrivable', whyNotRedrivable(execution));
        execution.redrive();
        return { redriveDate: inSeconds(execution.redrivenAt) };
      }
      case 'SendTaskSuccess': {
        const output = parseJson(input.output, 'InvalidOutput');
        if (Buffer.byteLength(input.output) > LARGEST_PAYLOAD) {
          throw new ServiceError('ValidationException', `1 validation error detected: Value at 'output' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_PAYLOAD}`);
        }
        this.taskOf(input.taskToken)?.succeed(output);
        return {};
      }
      case 'SendTaskFailure': {
        const { error = null, cause = null } = input;
        if (error?.length > LONGEST_ERROR || cause?.length > LONGEST_CAUSE) throw new ServiceError('ValidationException', 'error or cause is too long');
        this.taskOf(input.taskToken)?.fail(error, cause);
        return {};
      }
      case 'SendTaskHeartbeat':
        this.taskOf(input.taskToken)?.heartbeat();
        return {};
      default:
        throw new ServiceError('UnknownOperationException', `the emulator does not support ${action} of AWS Step Functions`);
    }
  }

  /** Task tokens are opaque texts of about 700 characters; the most are 1,024. */
  private openToken(task: OpenTask, machineArn: string): string {
    const token = `AQCUAAAAKgAAAAMAAAAA${String(this.tokens.size).padStart(8, '0')}${Array.from({ length: 80 }, () => this.options.random().toString(36).slice(2, 10).padEnd(8, '0')).join('')}`;
    this.tokens.set(token, { task, machineArn });
    return token;
  }

  /** The open task of a token. Undefined when its token is closed and closed tokens are silent. */
  private taskOf(token: string): OpenTask | undefined {
    const known = this.tokens.get(token);
    if (!known) {
      throw /^AQC[A-Za-z0-9+/=]{40,1021}$/.test(token)
        ? new ServiceError('TaskDoesNotExist', 'Task does not exist')
        : new ServiceError('InvalidToken', 'Invalid Token: \'Invalid token\'');
    }
    if (!known.task && this.options.closedTokens !== 'silent') throw new ServiceError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    return known.task;
  }
}

function describeCounts({ total, succeeded, failed, aborted }: MapRunCounts) {
  const ended = succeeded + failed + aborted;
  const counts = { Succeeded: succeeded, Failed: failed, Aborted: aborted, TimedOut: 0 };
  return { Total: total, ...counts, Running: 0, Pending: total - ended, ResultsWritten: succeeded + failed };
}

function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

function assertArn(arn: string): void {
  if (!arn.startsWith('arn:')) throw new ServiceError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
}

function executionInputOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Step Functions quotes the words of its own JSON parser.
    const reason = text.trim() === '' ? 'Invalid execution input.' : (error as Error).message;
    throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
  }
}

/** Does what may refuse a definition. An error says which state machine it is about. */
function inMachine<T>({ path }: DeployedStateMachine, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof DefinitionError ? new DefinitionError(`state machine ${path}: ${error.message}`) : error;
  }
}

function parseJson(text: string, error: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError(error, `${error}: not JSON`);
  }
}
