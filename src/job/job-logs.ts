import { Size, Token, Tokenization } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import type { HeavyBatchJobProps } from './job-props';
import { HeavyBatchResultSource } from './result-source';
import { refuse, validateMebibytes } from '../common/validation';
import { LOG_DRIVERS } from '../compute/instance-template';
import { LOG_BUFFER } from '../contract/limits';

export type LogProps = Pick<HeavyBatchJobProps, 'logMode' | 'logMaxBufferSize' | 'logDriver'>;

export function validateLogs(scope: IConstruct, { logMode, logMaxBufferSize, logDriver }: LogProps): void {
  if (logDriver) {
    const [option] = Object.entries({ logMode, logMaxBufferSize }).filter(([, value]) => value !== undefined);
    if (option) refuse(scope, option[0], "is given together with 'logDriver', which has its own options; leave one of them out");
  }
  if (!logMaxBufferSize) return;
  if (logMode !== ecs.AwsLogDriverMode.NON_BLOCKING && !Token.isUnresolved(logMode)) {
    refuse(scope, 'logMaxBufferSize', "is given, but 'logMode' is not NON_BLOCKING, and only then there is a buffer; set it to NON_BLOCKING, or leave 'logMaxBufferSize' out");
  }
  validateMebibytes(scope, 'logMaxBufferSize', logMaxBufferSize, LOG_BUFFER);
}

/** A result that is a line of the log has to arrive in the log group of the job. */
export function validateResultSource(scope: IConstruct, { resultSource, logDriver, logMode }: LogProps & Pick<HeavyBatchJobProps, 'resultSource'>): void {
  if (resultSource !== HeavyBatchResultSource.LOG) return;
  if (logDriver) refuse(scope, 'logDriver', "is given, but 'resultSource' is LOG, and results are read from the job's own log group; leave 'logDriver' out, or use BUCKET");
  if (logMode === ecs.AwsLogDriverMode.NON_BLOCKING) {
    refuse(scope, 'logMode', "is NON_BLOCKING, which may lose lines, but 'resultSource' is LOG, and a result is a line; use BLOCKING, or BUCKET as 'resultSource'");
  }
}

/** The log driver of the containers. Without a mode, Amazon ECS would use the one of the account, which may lose lines. */
export function jobLogDriver({ logMode, logMaxBufferSize, logDriver }: LogProps, logGroup: logs.ILogGroup): ecs.LogDriver {
  return logDriver ?? new JobLogDriver({ logGroup, streamPrefix: 'run', mode: logMode ?? ecs.AwsLogDriverMode.BLOCKING }, logMaxBufferSize);
}

/** aws-ecs writes the size of the buffer in bytes, which it cannot calculate for a token. */
class JobLogDriver extends ecs.AwsLogDriver {
  constructor(props: ecs.AwsLogDriverProps, private readonly bufferSize?: Size) {
    super(props);
  }

  bind(scope: Construct, container: ecs.ContainerDefinition): ecs.LogDriverConfig {
    const config = super.bind(scope, container);
    if (!this.bufferSize) return config;
    return { ...config, options: { ...config.options, 'max-buffer-size': `${Tokenization.stringifyNumber(this.bufferSize.toMebibytes())}m` } };
  }
}

/** Refuses a log driver that AWS Batch does not have: https://docs.aws.amazon.com/batch/latest/APIReference/API_LogConfiguration.html */
export function validateLogDriver(scope: IConstruct, driver: string, fargate: boolean): void {
  if (driver === 'awsfirelens') {
    refuse(scope, 'logDriver', 'is awsfirelens, which needs a second container, but a job has one; use another driver, or a subscription filter of the log group');
  }
  if (Token.isUnresolved(driver)) return;
  if (!LOG_DRIVERS.includes(driver)) refuse(scope, 'logDriver', `is ${driver}, but AWS Batch supports only ${LOG_DRIVERS.join(', ')}; use one of them`);
  if (fargate && !FARGATE_DRIVERS.includes(driver)) {
    refuse(scope, 'logDriver', `is ${driver}, but on Fargate AWS Batch supports only ${FARGATE_DRIVERS.join(' and ')}; use one of them, or instances`);
  }
}

/** https://docs.aws.amazon.com/batch/latest/userguide/fargate-job-definitions.html */
const FARGATE_DRIVERS = ['awslogs', 'splunk'];
