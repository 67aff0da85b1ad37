// Events as AWS documents them.

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const ID = '4c7599ae-0a82-49aa-ba5a-4727fcce14a8';

/** https://docs.aws.amazon.com/batch/latest/userguide/job_states.html */
export const JOB_STATUSES = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'];

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

/**
 * Kinds of jobs, and their fields. https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
 * https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
 */
export const JOB_KINDS = {
  'a job': { jobId: ID },
  'an array job': { jobId: ID, arrayProperties: { size: 3, statusSummary: { RUNNING: 1, SUCCEEDED: 1, FAILED: 1 } } },
  'a child of an array job': { jobId: `${ID}:0`, arrayProperties: { index: 0 }, isChild: true },
  'the last child of a large array job': { jobId: `${ID}:9999`, arrayProperties: { index: 9999 }, isChild: true },
  'a multi-node job': { jobId: ID, nodeProperties: { numNodes: 2, mainNode: 0 } },
  'the main node of a multi-node job': { jobId: `${ID}#0`, nodeDetails: { nodeIndex: 0, isMainNode: true }, isChild: true },
  'another node of a multi-node job': { jobId: `${ID}#11`, nodeDetails: { nodeIndex: 11, isMainNode: false }, isChild: true },
};

/** https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html */
export function jobEvent({ jobQueue, status, kind = 'a job', source = 'aws.batch', detailType = 'Batch Job State Change', account = ACCOUNT, region = REGION }) {
  const { isChild, ...job } = JOB_KINDS[kind];
  const arn = `arn:aws:batch:${region}:${account}:job/${job.jobId}`;
  return envelope(source, detailType, [arn], {
    jobArn: arn,
    jobName: 'event-test',
    jobQueue,
    status,
    attempts: [],
    createdAt: 1641944200058,
    retryStrategy: { attempts: 2, evaluateOnExit: [] },
    dependsOn: [],
    jobDefinition: `arn:aws:batch:${region}:${account}:job-definition/first-run-job-definition:1`,
    parameters: {},
    container: {
      image: `${account}.dkr.ecr.${region}.amazonaws.com/amazonlinux:latest`,
      command: ['sleep', '600'],
      environment: [{ name: 'A', value: '1' }],
      resourceRequirements: [{ value: '2', type: 'VCPU' }, { value: '256', type: 'MEMORY' }],
    },
    tags: { resourceArn: arn },
    propagateTags: false,
    platformCapabilities: [],
    ...job,
  }, account, region);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export function executionEvent({ stateMachineArn, status, source = 'aws.states', detailType = 'Step Functions Execution Status Change' }) {
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:execution-name`;
  return envelope(source, detailType, [executionArn], {
    executionArn,
    stateMachineArn,
    name: 'execution-name',
    status,
    startDate: 1551225271984,
    stopDate: status === 'RUNNING' ? null : 1551225272000,
    input: '{}',
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
    error: null,
    cause: null,
  });
}

/** Events that look like those of jobs and runs, but are not. */
export function unrelatedEvents(jobQueue, stateMachineArn) {
  return {
    // https://docs.aws.amazon.com/batch/latest/userguide/batch-job-queue-blocked-events.html
    'a blocked queue': envelope('aws.batch', 'Batch Job Queue Blocked', [`arn:aws:batch:${REGION}:${ACCOUNT}:job/${ID}`], {
      ...jobEvent({ jobQueue, status: 'RUNNABLE' }).detail, statusReason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - ...',
    }),
    'an event of an application, of the same shape': jobEvent({ jobQueue, status: 'FAILED', source: 'my.batch' }),
    'an event of another type and the same shape': jobEvent({ jobQueue, status: 'FAILED', detailType: 'Batch Job Status Change' }),
    'an execution event of an application': executionEvent({ stateMachineArn, status: 'FAILED', source: 'my.states' }),
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    'a call in CloudTrail': envelope('aws.batch', 'AWS API Call via CloudTrail', [], {
      eventSource: 'batch.amazonaws.com', eventName: 'SubmitJob', requestParameters: { jobQueue, jobName: 'FAILED' }, responseElements: { jobId: ID },
    }),
    // https://docs.aws.amazon.com/step-functions/latest/dg/express-at-least-once-execution.html
    'a call for an execution in CloudTrail': envelope('aws.states', 'AWS API Call via CloudTrail', [], {
      eventSource: 'states.amazonaws.com', eventName: 'StopExecution', requestParameters: { stateMachineArn },
    }),
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
    'an ECS task': envelope('aws.ecs', 'ECS Task State Change', [], { lastStatus: 'STOPPED', group: jobQueue, status: 'FAILED', jobQueue, jobId: ID }),
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
    'the interruption of a Spot instance': envelope('aws.ec2', 'EC2 Spot Instance Interruption Warning', [], { 'instance-id': 'i-1234567890abcdef0', 'instance-action': 'terminate' }),
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
    'a schedule': envelope('aws.events', 'Scheduled Event', [], {}),
    'an event without a detail': (({ detail, ...rest }) => rest)(jobEvent({ jobQueue, status: 'FAILED' })),
    'a job without an id': (({ jobId, ...detail }) => envelope('aws.batch', 'Batch Job State Change', [], detail))(jobEvent({ jobQueue, status: 'FAILED' }).detail),
  };
}

function envelope(source, detailType, resources, detail, account = ACCOUNT, region = REGION) {
  return { 'version': '0', 'id': 'c8f9c4b5-76e5-d76a-f980-7011e206042b', 'detail-type': detailType, source, account, 'time': '2022-01-11T23:36:40Z', region, resources, detail };
}
