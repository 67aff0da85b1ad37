import { CloudFormationTemplate, definitionIn, NamedResource, resourcesOf, statesIn, textOf } from '../template';

const ONE_YEAR = 365 * 24 * 60 * 60;
const within = (value: unknown, least: number, most: number) => typeof value === 'number' && value >= least && value <= most;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
export function functionsEnd(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::Lambda::Function').filter(({ properties }) => !within(properties.Timeout, 1, 900)).map(({ id }) => `${id} has no time-out`);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export function executionsEnd(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::StepFunctions::StateMachine')
    .filter((machine) => !within(definitionIn(machine).TimeoutSeconds, 60, ONE_YEAR)).map(({ id }) => `${id} has no time-out`);
}

/** A task that waits for a token waits for ever if nobody sends one: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
export function waitingStatesEnd(template: CloudFormationTemplate): string[] {
  return everyState(template).filter(({ state }) => state.Type === 'Task' && /\.waitForTaskToken$/.test(state.Resource))
    .filter(({ state }) => !within(state.HeartbeatSeconds ?? state.TimeoutSeconds, 1, ONE_YEAR)).map(({ id, name }) => `${id} waits in ${name} for ever`);
}

/** Each call of another service is retried, and the number of its retries is written down. */
export function retriesAreFinite(template: CloudFormationTemplate): string[] {
  return everyState(template).filter(({ state }) => state.Type === 'Task').flatMap(({ id, name, state }) => {
    if (!state.Retry?.length) return [`${id} does not retry ${name}`];
    return state.Retry.filter((rule: any) => !within(rule.MaxAttempts, 0, 100)).map((rule: any) => `${id} retries ${name} without a limit after ${rule.ErrorEquals.join(', ')}`);
  });
}

function everyState(template: CloudFormationTemplate): { id: string; name: string; state: any }[] {
  return resourcesOf(template, 'AWS::StepFunctions::StateMachine').flatMap((machine) => statesIn(definitionIn(machine)).map(([name, state]) => ({ id: machine.id, name, state })));
}

/** https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html, https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
export function attemptsEnd(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::Batch::JobDefinition').flatMap(({ id, properties }) => [
    ...within(properties.Timeout?.AttemptDurationSeconds, 60, ONE_YEAR) ? [] : [`${id} has attempts without a time-out`],
    ...within(properties.RetryStrategy?.Attempts, 1, 10) ? [] : [`${id} has no number of attempts`],
  ]);
}

/** A job that no instance can hold would wait for ever: https://docs.aws.amazon.com/batch/latest/userguide/job-queue-blocked.html */
export function misfitsLeaveTheQueue(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::Batch::JobQueue').flatMap(({ id, properties }) => ['COMPUTE_ENVIRONMENT_MAX_RESOURCE', 'JOB_RESOURCE_REQUIREMENT']
    .filter((reason) => !(properties.JobStateTimeLimitActions ?? []).some((limit: any) => limit.Reason === `MISCONFIGURATION:${reason}`
      && limit.State === 'RUNNABLE' && limit.Action === 'CANCEL' && within(limit.MaxTimeSeconds, 600, 86_400)))
    .map((reason) => `${id} keeps jobs with ${reason} for ever`));
}

/** A message that cannot be handled moves to a dead-letter queue, and an alarm says so. */
export function messagesEnd(template: CloudFormationTemplate): string[] {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const targets = new Map(queues.map(({ id, properties }) => [id, /^<(\w+)\.Arn>$/.exec(textOf(properties.RedrivePolicy?.deadLetterTargetArn ?? ''))?.[1]]));
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(({ properties }) => properties.MetricName === 'ApproximateNumberOfMessagesVisible'
    && properties.Threshold === 1 && properties.ComparisonOperator === 'GreaterThanOrEqualToThreshold').map(({ properties }) => textOf(properties.Dimensions?.[0]?.Value));
  return queues.flatMap(({ id, properties }) => {
    if (![...targets.values()].includes(id)) {
      return targets.get(id) && within(properties.RedrivePolicy.maxReceiveCount, 2, 100) ? [] : [`${id} hands out a message for ever`];
    }
    return [
      ...alarms.includes(`<${id}.QueueName>`) ? [] : [`${id} fills without an alarm`],
      ...properties.MessageRetentionPeriod === 14 * 24 * 60 * 60 ? [] : [`${id} forgets messages before the 14 days that SQS can keep them`],
    ];
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export function messagesAreNotHandledTwice(template: CloudFormationTemplate): string[] {
  const { Resources = {} } = template;
  return resourcesOf(template, 'AWS::Lambda::EventSourceMapping').flatMap(({ id, properties }) => {
    const queue = Resources[/^<(\w+)\.Arn>$/.exec(textOf(properties.EventSourceArn))?.[1] ?? ''];
    const handler = Resources[/^<(\w+)>$/.exec(textOf(properties.FunctionName))?.[1] ?? ''];
    return [
      ...queue?.Properties.VisibilityTimeout >= 6 * handler?.Properties.Timeout ? [] : [`${id} hands a message out again while it is handled`],
      ...properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ? [] : [`${id} hands out all messages of a batch again if one fails`],
    ];
  });
}

/** AWS Batch accepts no update of an environment on Fargate that has a policy: https://github.com/aws/aws-cdk/issues/27054 */
function staysAtDeployment({ properties: { ReplaceComputeEnvironment, UpdatePolicy, ComputeResources } }: NamedResource): boolean {
  if (ReplaceComputeEnvironment !== false) return false;
  if (/^FARGATE/.test(ComputeResources.Type)) return UpdatePolicy === undefined;
  return UpdatePolicy?.TerminateJobsOnUpdate === false && UpdatePolicy.JobExecutionTimeoutMinutes === 360;
}

/** A deployment neither ends running jobs nor waits for ever: https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html */
export function deploymentsLeaveJobsAlone(template: CloudFormationTemplate): string[] {
  return [
    ...resourcesOf(template, 'AWS::Batch::ComputeEnvironment').filter((environment) => !staysAtDeployment(environment)).map(({ id }) => `${id} ends jobs at a deployment`),
    ...resourcesOf(template, 'AWS::Batch::JobDefinition').filter(({ properties }) => properties.ResourceRetentionPolicy?.SkipDeregisterOnUpdate !== true)
      .map(({ id }) => `${id} takes its revision from runs in flight`),
  ];
}

export function objectsExpire(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::S3::Bucket').flatMap(({ id, properties, DeletionPolicy }) => {
    const enabled: any[] = (properties.LifecycleConfiguration?.Rules ?? []).filter((rule: any) => rule.Status === 'Enabled' && rule.TagFilters === undefined);
    const kinds = id.includes('PayloadBucket') ? ['payloads/', 'results/', 'runs/'] : [undefined];
    const expires = (kind?: string) => enabled.some((rule) => (rule.Prefix === undefined || rule.Prefix === kind) && within(rule.ExpirationInDays, 1, 3_650));
    const rules = enabled.filter((rule) => rule.Prefix === undefined);
    return [
      ...kinds.filter((kind) => !expires(kind)).map((kind = 'objects') => `${id} keeps ${kind} for ever`),
      ...rules.some((rule) => within(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation, 1, 30)) ? [] : [`${id} keeps parts of uploads for ever`],
      ...DeletionPolicy === 'Retain' ? [] : [`${id} loses results when its stack is deleted`],
    ];
  });
}
