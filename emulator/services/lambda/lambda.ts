import { Sandbox } from './sandbox';
import { Activity } from '../../activity';
import type { DeployedFunction } from '../../assembly/deployment';
import { Clock } from '../../clock';
import { clientEnvironment } from '../../endpoint/client-environment';
import type { Credentials } from '../../endpoint/keys';
import type { Faults, InvocationFault } from '../../faults';
import { ServiceError } from '../../service';
import { matchesWildcards } from '../iam/policy';

export interface LambdaOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly functions: readonly DeployedFunction[];
  readonly activity: Activity;
  /** The key pair with which the functions of a role sign their requests, so that the emulator knows whose request it is. */
  readonly credentialsOf: (roleArn: string) => Credentials;
  readonly random: () => number;
  readonly onLog: (functionPath: string, line: string) => void;
  readonly onInvocation: (record: InvocationRecord) => void;
}

/** An invocation of a function and its outcome. */
export interface InvocationRecord {
  readonly functionPath: string;
  readonly at: number;
  readonly event: unknown;
  readonly fault?: InvocationFault;
  readonly answer?: unknown;
  readonly error?: FunctionError;
}

/** The error of an invocation, as Lambda returns it: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export class FunctionError extends Error {
  constructor(readonly errorType: string, readonly errorMessage: string, readonly trace: string[] = []) {
    super(errorMessage);
    this.name = errorType;
  }
}

/** Milliseconds between the attempts of an asynchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAYS: readonly number[] = [60_000, 120_000];

/** Lambda: invokes the bundled functions. An instance of a function handles one invocation at a time and is kept for the next one. */
export class Lambda {
  private readonly idleInstances = new Map<string, Sandbox[]>();
  private invocationCount = 0;
  private inProgress = 0;
  /** Counts the resets. An invocation that began before the last reset has no effect any more. */
  private generation = 0;

  constructor(private readonly options: LambdaOptions, private readonly endpoint: string, private faults: Faults) {}

  /** Starts over with other faults. The idle instances are kept. */
  reset(faults: Faults): void {
    this.generation++;
    this.inProgress = 0;
    this.faults = faults;
  }

  roleOf(functionArn: string): string {
    return this.find(functionArn).roleArn;
  }

  /** Whether there is a function whose policy lets a service invoke it. `sourceArn` is what does so in the service. */
  allows(functionArn: string, principal: string, sourceArn: string): boolean {
    return this.lookUp(functionArn)?.permissions.some((permission) => (
      permission.principal === principal && (permission.sourceArn === undefined || matchesWildcards(permission.sourceArn, sourceArn))
    )) ?? false;
  }

  /** Invokes a function asynchronously. An event with which it fails each time is dropped. */
  invokeLater(functionArn: string, event: unknown, delays = RETRY_DELAYS): void {
    const generation = this.generation;
    this.invoke(functionArn, event).catch(() => {
      const [delay, ...later] = delays;
      if (delay !== undefined && generation === this.generation) this.options.clock.after(delay, () => this.invokeLater(functionArn, event, later));
    });
  }

  /** Whether no function is at work. */
  get isIdle(): boolean {
    return this.inProgress === 0;
  }

  async invoke(functionArn: string, event: unknown): Promise<unknown> {
    const { generation } = this;
    this.inProgress++;
    try {
      return await this.report(functionArn, event);
    } finally {
      if (generation === this.generation) this.inProgress--;
    }
  }

  private async report(functionArn: string, event: unknown): Promise<unknown> {
    const deployed = this.find(functionArn);
    const generation = this.generation;
    const fault = this.faults.invocation({ functionPath: deployed.path, event });
    const record = { functionPath: deployed.path, at: this.options.clock.now(), event, fault };
    const report = (outcome: Pick<InvocationRecord, 'answer' | 'error'>) => {
      if (generation === this.generation) this.options.onInvocation({ ...record, ...outcome });
    };
    try {
      const answer = await this.run(deployed, event, fault, generation);
      report({ answer });
      return answer;
    } catch (error) {
      report({ error: error as FunctionError });
      throw error;
    }
  }

  private async run(deployed: DeployedFunction, event: unknown, fault: InvocationFault | undefined, generation: number): Promise<unknown> {
    const requestId = `invocation-${++this.invocationCount}`;
    if (fault?.kind === 'crash-before') throw crash(requestId);
    const instance = this.idleInstances.get(deployed.arn)?.pop() ?? this.startInstance(deployed);
    const keepInstance = () => { if (generation === this.generation) this.keepInstance(deployed, instance); };
    const { clock } = this.options;
    const timeoutMilliseconds = deployed.timeoutSeconds * 1000;
    const deadline = clock.now() + timeoutMilliseconds;

    return new Promise((resolve, reject) => {
      let hasEnded = false;
      const timer = clock.after(timeoutMilliseconds, () => {
        if (hasEnded && generation === this.generation) this.keepInstance(deployed, instance);
        else instance.kill();
        reject(new FunctionError('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${deployed.timeoutSeconds.toFixed(2)} seconds`));
      });
      const context = {
        functionName: deployed.name,
        functionVersion: '$LATEST',
        invokedFunctionArn: deployed.arn,
        awsRequestId: requestId,
        memoryLimitInMB: String(deployed.memoryMebibytes),
        getRemainingTimeInMillis: () => deadline - clock.now(),
      };
      // Event and answer are copied as JSON, since a function shares no objects with its caller.
      Promise.resolve().then(() => instance.handler(JSON.parse(JSON.stringify(event)), context)).then(
        (answer) => {
          hasEnded = true;
          if (fault?.kind === 'time-out') return;
          timer.cancel();
          // After a crash, Lambda would start a new instance. Starting one takes long, and this one has ended its work: it stands for the new one.
          keepInstance();
          if (fault?.kind === 'crash-after') reject(crash(requestId));
          else resolve(JSON.parse(JSON.stringify(answer ?? null)));
        },
        (error) => {
          hasEnded = true;
          if (fault?.kind === 'time-out') return;
          timer.cancel();
          keepInstance();
          reject(new FunctionError(error?.name ?? 'Error', error?.message ?? String(error), (error?.stack ?? '').split('\n')));
        },
      );
    });
  }

  private startInstance(deployed: DeployedFunction): Sandbox {
    const { clock, region, activity, credentialsOf, random, onLog } = this.options;
    return new Sandbox({
      directory: deployed.codeDirectory,
      handler: deployed.handler,
      clock,
      activity,
      random,
      onLog: (line) => onLog(deployed.path, line),
      environment: {
        ...deployed.environment,
        ...clientEnvironment({ endpoint: this.endpoint, region, credentials: credentialsOf(deployed.roleArn) }),
        AWS_LAMBDA_FUNCTION_NAME: deployed.name,
      },
    });
  }

  private keepInstance({ arn }: DeployedFunction, instance: Sandbox): void {
    this.idleInstances.set(arn, [...this.idleInstances.get(arn) ?? [], instance]);
  }

  private find(functionArn: string): DeployedFunction {
    const deployed = this.lookUp(functionArn);
    if (!deployed) throw new ServiceError('ResourceNotFoundException', `Function not found: ${unqualified(functionArn)}:$LATEST`, 404);
    return deployed;
  }

  private lookUp(functionArn: string): DeployedFunction | undefined {
    return this.options.functions.find(({ arn }) => arn === unqualified(functionArn));
  }
}

/** The ARN of a function without its version or alias. */
function unqualified(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}

function crash(requestId: string): FunctionError {
  return new FunctionError('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: exit status 129`);
}
