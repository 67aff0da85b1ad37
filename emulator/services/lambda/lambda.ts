import { createHash } from 'node:crypto';
import { Sandbox } from './sandbox';
import { Activity } from '../../activity';
import type { DeployedFunction } from '../../assembly/deployment';
import { Clock } from '../../clock';
import type { Faults, InvocationFault } from '../../faults';

export interface LambdaOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly functions: readonly DeployedFunction[];
  readonly activity: Activity;
  readonly random: () => number;
  readonly onLog: (functionPath: string, line: string) => void;
  readonly onInvocation: (record: InvocationRecord) => void;
}

export interface InvocationRecord {
  readonly functionPath: string;
  readonly at: number;
  readonly event: unknown;
  readonly fault?: InvocationFault;
  readonly answer?: unknown;
  readonly error?: FunctionError;
}

/** What a function did not answer: the `FunctionError` payload. */
export class FunctionError extends Error {
  constructor(readonly errorType: string, readonly errorMessage: string, readonly trace: string[] = []) {
    super(errorMessage);
    this.name = errorType;
  }
}

/** Lambda: invokes the bundled functions, one instance for each invocation at a time, as long as their time-out lasts. */
export class Lambda {
  private readonly idle = new Map<string, Sandbox[]>();
  private count = 0;
  private life = 0;

  constructor(private readonly options: LambdaOptions, private endpoint: string, private faults: Faults) {}

  /** Begins anew, with instances that are warm. What is still being invoked is never heard of again. */
  reset(faults: Faults): void {
    this.life++;
    this.faults = faults;
  }

  has(arn: string): boolean {
    return this.options.functions.some((one) => one.arn === arn);
  }

  roleOf(arn: string): string {
    return this.function(arn).roleArn;
  }

  async invoke(arn: string, event: unknown): Promise<unknown> {
    const its = this.function(arn);
    const life = this.life;
    const fault = this.faults.invocation({ functionPath: its.path, event });
    const record = { functionPath: its.path, at: this.options.clock.now(), event, fault };
    const told = (end: Pick<InvocationRecord, 'answer' | 'error'>) => { if (life === this.life) this.options.onInvocation({ ...record, ...end }); };
    try {
      const answer = await this.run(its, event, fault, life);
      told({ answer });
      return answer;
    } catch (error) {
      told({ error: error as FunctionError });
      throw error;
    }
  }

  private async run(its: DeployedFunction, event: unknown, fault: InvocationFault | undefined, life: number): Promise<unknown> {
    const { arn } = its;
    const requestId = `invocation-${++this.count}`;
    if (fault?.kind === 'crash-before') throw crash(requestId);
    const sandbox = this.idle.get(arn)?.pop() ?? this.start(its);
    const { clock } = this.options;
    const deadline = clock.now() + its.timeoutSeconds * 1000;

    return new Promise((resolve, reject) => {
      let over = false;
      const timer = clock.after(its.timeoutSeconds * 1000, () => {
        if (over && life === this.life) this.keep(arn, sandbox);
        else sandbox.kill();
        reject(new FunctionError('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${its.timeoutSeconds.toFixed(2)} seconds`));
      });
      const context = {
        functionName: its.name,
        functionVersion: '$LATEST',
        invokedFunctionArn: arn,
        awsRequestId: requestId,
        memoryLimitInMB: '256',
        getRemainingTimeInMillis: () => deadline - clock.now(),
      };
      // What goes in and out is JSON, and nothing else of it is shared.
      Promise.resolve().then(() => sandbox.handler(JSON.parse(JSON.stringify(event)), context)).then(
        (answer) => {
          over = true;
          if (fault?.kind === 'time-out') return;
          timer.cancel();
          // After a crash there would be a new instance. This one has ended its work, and stands for it: to start one takes long.
          if (life === this.life) this.keep(arn, sandbox);
          if (fault?.kind === 'crash-after') reject(crash(requestId));
          else resolve(JSON.parse(JSON.stringify(answer ?? null)));
        },
        (error) => {
          over = true;
          if (fault?.kind === 'time-out') return;
          timer.cancel();
          if (life === this.life) this.keep(arn, sandbox);
          reject(new FunctionError(error?.name ?? 'Error', error?.message ?? String(error), (error?.stack ?? '').split('\n')));
        },
      );
    });
  }

  private start(its: DeployedFunction): Sandbox {
    const { clock, region, activity, random, onLog } = this.options;
    return new Sandbox({
      directory: its.codeDirectory,
      handler: its.handler,
      clock,
      activity,
      random,
      onLog: (line) => onLog(its.path, line),
      environment: {
        ...its.environment,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_LAMBDA_FUNCTION_NAME: its.name,
        AWS_ACCESS_KEY_ID: accessKeyOf(its.roleArn),
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_ENDPOINT_URL_BATCH: this.endpoint,
        AWS_ENDPOINT_URL_SFN: this.endpoint,
        AWS_ENDPOINT_URL_SQS: this.endpoint,
        AWS_ENDPOINT_URL_S3: this.endpoint,
      },
    });
  }

  private keep(arn: string, sandbox: Sandbox): void {
    this.idle.set(arn, [...this.idle.get(arn) ?? [], sandbox]);
  }

  private function(arn: string): DeployedFunction {
    const bare = arn.split(':').slice(0, 7).join(':');
    const found = this.options.functions.find((one) => one.arn === bare);
    if (!found) throw new FunctionError('ResourceNotFoundException', `Function not found: ${arn}`);
    return found;
  }
}

/** The access key with which a function signs: it tells the stand-in whose call it is. */
export function accessKeyOf(roleArn: string): string {
  return `AKIA${createHash('sha256').update(roleArn).digest('hex').slice(0, 16).toUpperCase()}`;
}

function crash(requestId: string): FunctionError {
  return new FunctionError('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: exit status 129`);
}
