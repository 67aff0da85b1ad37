import type { BatchJob } from './batch-job';

/** A job as DescribeJobs and the events of Batch show it. https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html */
export function describeJob(job: BatchJob, children: readonly BatchJob[], jobArn: string): Record<string, unknown> {
  const { plan } = job;
  const isMultiNodeJob = plan.nodes !== undefined && job.nodeIndex === undefined;
  // While a job waits for its next attempt, its container is still that of the attempt before.
  const lastAttempt = job.current ?? job.attempts.at(-1);
  const statusSummary: Record<string, number> = {};
  for (const child of children) statusSummary[child.status] = (statusSummary[child.status] ?? 0) + 1;
  const containerOf = (attempt: typeof lastAttempt) => ({
    exitCode: attempt?.exitCode,
    ...(isMultiNodeJob ? {} : { reason: attempt?.reason, logStreamName: attempt?.logStreamName, taskArn: attempt?.taskArn }),
    networkInterfaces: [],
  });
  return {
    jobArn,
    jobName: plan.jobName,
    jobId: job.jobId,
    jobQueue: plan.queue.arn,
    status: job.status,
    attempts: job.attempts.map((attempt) => ({
      container: containerOf(attempt),
      startedAt: epoch(attempt.startedAt),
      stoppedAt: epoch(attempt.stoppedAt),
      statusReason: attempt.statusReason,
    })),
    statusReason: job.statusReason,
    createdAt: epoch(job.createdAt),
    retryStrategy: { attempts: plan.attempts, evaluateOnExit: plan.evaluateOnExit },
    startedAt: epoch(job.startedAt),
    stoppedAt: epoch(job.stoppedAt),
    dependsOn: [],
    jobDefinition: plan.definition.arn,
    parameters: plan.parameters,
    // A multi-node job has containers only at its nodes: https://github.com/apache/airflow/issues/54254
    container: isMultiNodeJob ? undefined : {
      image: plan.imageUri,
      command: plan.command ?? [],
      environment: Object.entries(plan.environment).map(([name, value]) => ({ name, value })),
      resourceRequirements: [{ type: 'VCPU', value: String(plan.vcpus) }, { type: 'MEMORY', value: String(plan.memory) }],
      volumes: [],
      mountPoints: [],
      ulimits: [],
      secrets: [],
      ...containerOf(lastAttempt),
    },
    ...(plan.timeoutSeconds === undefined ? {} : { timeout: { attemptDurationSeconds: plan.timeoutSeconds } }),
    ...(children.length > 0 ? { arrayProperties: { size: children.length, statusSummary } } : {}),
    ...(job.arrayIndex === undefined ? {} : { arrayProperties: { index: job.arrayIndex } }),
    ...(isMultiNodeJob ? { nodeProperties: { numNodes: plan.nodes, mainNode: 0, nodeRangeProperties: [] } } : {}),
    ...(job.nodeIndex === undefined ? {} : { nodeDetails: { nodeIndex: job.nodeIndex, isMainNode: job.nodeIndex === 0 } }),
    ...(plan.shareIdentifier === undefined ? {} : { shareIdentifier: plan.shareIdentifier }),
    tags: plan.tags,
    platformCapabilities: [plan.platform],
    isCancelled: job.isCancelled,
    isTerminated: job.isTerminated,
  };
}

/** Batch has times in whole milliseconds. */
export function epoch(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time);
}
