import { readDefinition } from './definition';
import { MapRun } from './distributed-map';
import { Execution, HistoryEvent, Machine } from './execution';
import { LARGEST_PAYLOAD, OpenTask, TaskIntegration } from './task';
import type { DeployedStateMachine } from '../assembly/deployment';
import { Clock } from '../clock';
import { ApiCall, Authorization, Service, ServiceError } from '../service';

export interface StepFunctionsOptions {
  readonly clock: Clock;
  readonly account: string;
  readonly region: string;
  readonly stateMachines: readonly DeployedStateMachine[];
  readonly integration: TaskIntegration;
  readonly random: () => number;
  readonly onEvent: (event: Record<string, unknown>) => void;
  readonly onHistory?: (execution: Execution, event: HistoryEvent) => void;
  /** What a call with a closed token gets. Both have been seen: an error in most cases, and an answer as if nothing were wrong. */
  readonly closedTokens?: 'error' | 'silent';
}

/** Step Functions: executions of Standard workflows, and the API that looks at them and answers their tasks. */
export class StepFunctions implements Service {
  readonly name = 'sfn';
  private readonly machines = new Map<string, Machine>();
  private readonly byArn = new Map<string, Execution>();
  private readonly tokens = new Map<string, { task?: OpenTask; machineArn: string }>();
  private readonly mapRuns = new Map<string, MapRun>();
  private started = 0;

  constructor(private readonly options: StepFunctionsOptions) {
    for (const machine of options.stateMachines) {
      const { clock, random, integration, onHistory } = options;
      this.machines.set(machine.arn, {
        arn: machine.arn,
        name: machine.name,
        roleArn: machine.roleArn,
        definition: readDefinition(machine.definition),
        clock,
        random,
        integration,
        onHistory,
        openToken: (task) => this.openToken(task, machine.arn),
        closeToken: (token) => { this.tokens.get(token)!.task = undefined; },
        onMapRun: (mapRun) => this.mapRuns.set(mapRun.mapRunArn, mapRun),
        onStatus: (execution) => options.onEvent(this.statusEvent(execution)),
      });
    }
  }

  executions(): Execution[] {
    return [...this.byArn.values()];
  }

  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html, as a state has it */
  describeMapRun(arn: string): Record<string, unknown> {
    const found = this.mapRuns.get(arn);
    if (!found) throw new ServiceError('ResourceNotFound', `Resource not found: '${arn}'`);
    const { total, succeeded, failed, aborted } = found.counts;
    const ended = { Succeeded: succeeded, Failed: failed, Aborted: aborted, TimedOut: 0 };
    const counts = { Total: total, ...ended, Running: 0, Pending: 0, ResultsWritten: succeeded + failed };
    return { MapRunArn: arn, Status: found.status, ItemCounts: counts, ExecutionCounts: counts };
  }

  execution(arn: string): Execution {
    const found = this.byArn.get(arn);
    if (!found) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return found;
  }

  start(stateMachineArn: string, input: unknown, name = `run-${++this.started}`): Execution {
    const machine = this.machines.get(stateMachineArn);
    if (!machine) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\0-\x1f\x7f-\x9f]{1,80}$/.test(name)) throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    if (Buffer.byteLength(JSON.stringify(input)) > LARGEST_PAYLOAD) throw new ServiceError('ValidationException', `input is longer than ${LARGEST_PAYLOAD} bytes`);
    const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const same = this.byArn.get(arn);
    if (same) {
      if (same.status === 'RUNNING' && JSON.stringify(same.input) === JSON.stringify(input)) return same;
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = new Execution(machine, arn, name, input);
    this.byArn.set(arn, execution);
    return execution;
  }

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
  authorizations({ action, input }: ApiCall): Authorization[] {
    const resource = input.executionArn ?? input.stateMachineArn ?? this.tokens.get(input.taskToken)?.machineArn ?? '*';
    return [{ action: `states:${action}`, resource }];
  }

  async handle({ action, input }: ApiCall): Promise<unknown> {
    const seconds = (time: number | undefined) => time === undefined ? undefined : time / 1000;
    switch (action) {
      case 'StartExecution': {
        const execution = this.start(input.stateMachineArn, json(input.input ?? '{}', 'InvalidExecutionInput'), input.name);
        return { executionArn: execution.arn, startDate: seconds(execution.startedAt) };
      }
      case 'DescribeExecution': {
        const execution = this.execution(input.executionArn);
        return {
          executionArn: execution.arn,
          stateMachineArn: execution.stateMachineArn,
          name: execution.name,
          status: execution.status,
          startDate: seconds(execution.startedAt),
          stopDate: seconds(execution.stoppedAt),
          input: JSON.stringify(execution.input),
          output: execution.output === undefined ? undefined : JSON.stringify(execution.output),
          error: execution.error,
          cause: execution.cause,
          redriveCount: execution.redriveCount,
          redriveDate: seconds(execution.redrivenAt),
          redriveStatus: execution.status === 'RUNNING' || execution.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
        };
      }
      case 'StopExecution': {
        const execution = this.execution(input.executionArn);
        execution.stop(input.error, input.cause);
        return { stopDate: seconds(execution.stoppedAt) };
      }
      case 'RedriveExecution': {
        const execution = this.execution(input.executionArn);
        if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') {
          throw new ServiceError('ExecutionNotRedrivable', `Execution is ${execution.status} and cannot be redriven`);
        }
        execution.redrive();
        return { redriveDate: seconds(execution.redrivenAt) };
      }
      case 'SendTaskSuccess': {
        const output = json(input.output, 'InvalidOutput');
        if (Buffer.byteLength(input.output) > LARGEST_PAYLOAD) {
          throw new ServiceError('ValidationException', `1 validation error detected: Value at 'output' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_PAYLOAD}`);
        }
        this.open(input.taskToken)?.succeed(output);
        return {};
      }
      case 'SendTaskFailure': {
        if ((input.error ?? '').length > 256 || (input.cause ?? '').length > 32_768) throw new ServiceError('ValidationException', 'error or cause is too long');
        this.open(input.taskToken)?.fail(input.error ?? '', input.cause ?? '');
        return {};
      }
      case 'SendTaskHeartbeat': {
        this.open(input.taskToken)?.heartbeat();
        return {};
      }
      default:
        throw new ServiceError('UnknownOperationException', `Step Functions has no ${action} here`);
    }
  }

  /** A token that is long and tells nothing, as the service's own: about 700 characters, 1,024 at the most. */
  private openToken(task: OpenTask, machineArn: string): string {
    const token = `AQCUAAAAKgAAAAMAAAAA${String(this.tokens.size).padStart(8, '0')}${Array.from({ length: 80 }, () => Math.floor(this.options.random() * 2 ** 48).toString(36).padStart(10, '0').slice(0, 8)).join('')}`;
    this.tokens.set(token, { task, machineArn });
    return token;
  }

  private open(token: string): OpenTask | undefined {
    const found = this.tokens.get(token);
    if (!found) {
      throw /^AQC[A-Za-z0-9+/=]{40,1021}$/.test(token ?? '')
        ? new ServiceError('TaskDoesNotExist', 'Task does not exist')
        : new ServiceError('InvalidToken', 'Invalid Token: \'Invalid token\'');
    }
    if (!found.task && this.options.closedTokens !== 'silent') throw new ServiceError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    return found.task;
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
  private statusEvent(execution: Execution): Record<string, unknown> {
    const { account, region, clock } = this.options;
    return {
      'version': '0',
      'id': `execution-event-${execution.arn}-${execution.redriveCount}-${execution.status}`,
      'detail-type': 'Step Functions Execution Status Change',
      'source': 'aws.states',
      account,
      'time': new Date(clock.now()).toISOString(),
      region,
      'resources': [execution.arn],
      'detail': {
        executionArn: execution.arn,
        stateMachineArn: execution.stateMachineArn,
        name: execution.name,
        status: execution.status,
        startDate: execution.startedAt,
        stopDate: execution.stoppedAt ?? null,
        input: JSON.stringify(execution.input),
        output: execution.output === undefined ? null : JSON.stringify(execution.output),
        inputDetails: { included: true },
        outputDetails: execution.output === undefined ? null : { included: true },
        error: execution.error ?? null,
        cause: execution.cause ?? null,
        redriveCount: execution.redriveCount,
      },
    };
  }
}

function json(text: string, error: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError(error, `${error}: not JSON`);
  }
}
