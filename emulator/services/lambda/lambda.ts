import { Sandbox } from './sandbox';
import { Activity } from '../../activity';
import type { DeployedFunction } from '../../assembly/deployment';
import { Clock } from '../../clock';
import { clientEnvironment } from '../../endpoint/client-environment';
import type { Credentials } from '../../endpoint/keys';
import type { Faults, InvocationFault } from '../../faults';
import { ServiceError } from '../../service';

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

/** Lambda: invokes the bundled functions. An instance of a function handles one invocation at a time and is kept for the next one. */
export class Lambda {
  private readonly idleInstances = new Map<string, Sandbox[]>();
  private invocationCount = 0;
  /** Counts the resets. An invocation that began before the last reset has no effect any more. */
  private generation = 0;

  constructor(private readonly options: LambdaOptions, private readonly endpoint: string, private faults: Faults) {}

  /** Starts over with other faults. The idle instances are kept. */
  reset(faults: Faults): void {
    this.generation++;
    this.faults = faults;
  }

  roleOf(functionArn: string): string {
    return this.find(functionArn).roleArn;
  }

  async invoke(functionArn: string, event: unknown): Promise<unknown> {
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
    const unqualifiedArn = functionArn.split(':').slice(0, 7).join(':');
    const deployed = this.options.functions.find(({ arn }) => arn === unqualifiedArn);
    if (!deployed) throw new ServiceError('ResourceNotFoundException', `Function not found: ${unqualifiedArn}:$LATEST`, 404);
    return deployed;
  }
}

function crash(requestId: string): FunctionError {
  return new FunctionError('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: exit status 129`);
}
