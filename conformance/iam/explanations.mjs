// Findings of the policy checkers that are accepted, each for one kind of role only.
import { Explanations } from '../common/explanations.mjs';

const REFERENCE = 'https://docs.aws.amazon.com/service-authorization/latest/reference';
const CALLBACK = 'the table has no resource type for it, but AWS checks the ARN of the state machine: seen in https://github.com/aws/aws-cdk/pull/8486, '
  + 'confirmed by AWS in https://github.com/NOAA-OWP/hydrovis/issues/837';
const JOB_ARN = 'a job has no ARN before it is submitted; AWS checks the queue and the definition: https://docs.aws.amazon.com/batch/latest/userguide/iam-example-restrict-job-queue.html';
const EXPRESS = 'the executions are standard ones; an express execution cannot be described: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html';

/** The roles, by their construct paths. */
const [SUBMIT, CHECK, WORKFLOW, EXECUTION, INSTANCE] = ['SubmitRole', 'WatchRole', 'WorkflowRole', 'ExecutionRole', 'InstanceRole'].map((id) => new RegExp(`.+/${id}`));
/** The new role of a job, or one that a generated app gives to it. */
const JOB = /.+\/(JobRole|jobRole\/Role)/;

const at = (place, what, reason) => ({ what, type: 'identity', place, reason });
const noResourceType = (place, list, ...actions) => actions.map((action) => at(place, `${action} on *`, `${REFERENCE}/${list}.html has no resource type for it`));

export const explanations = new Explanations([
  ...noResourceType(SUBMIT, 'list_awsbatch', 'batch:ListJobs', 'batch:DescribeJobs'),
  ...noResourceType(CHECK, 'list_awsbatch', 'batch:ListJobs', 'batch:DescribeJobs'),
  ...noResourceType(EXECUTION, 'list_amazonelasticcontainerregistry', 'ecr:GetAuthorizationToken'),
  ...noResourceType(INSTANCE, 'list_amazonelasticcontainerservice', 'ecs:DiscoverPollEndpoint'),
  ...noResourceType(INSTANCE, 'list_amazonec2', 'ec2:DescribeTags'),
  ...noResourceType(WORKFLOW, 'list_awsx-ray', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'),
  ...noResourceType(JOB, 'list_ssmmessages', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'),
  at(SUBMIT, 'batch:SubmitJob without job', JOB_ARN),
  at(CHECK, 'states:DescribeExecution without express', EXPRESS),
  at(/.+\/Each\/Role/, 'states:DescribeExecution without express', EXPRESS),
  at(/.+\/Api\/Role/, 'states:DescribeExecution without express', EXPRESS),
  ...['Success', 'Failure', 'Heartbeat'].map((kind) => at(CHECK, `states:SendTask${kind} on a state machine`, CALLBACK)),
  at(JOB, 'elasticfilesystem:AccessPointArn as text', "AWS's own example compares this ARN as text: https://docs.aws.amazon.com/efs/latest/ug/access-points-iam-policy.html"),
]);
