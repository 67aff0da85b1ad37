/**
 * The type of a value in a request. `Shape` is a function that returns the value without its members that are null, which count as absent, and throws
 * a `ShapeError`. https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export type Shape = (value: unknown, path: string) => unknown;

/** A value has the wrong type. The message says where. */
export class ShapeError extends Error {}

const primitive = (type: string, is: (value: unknown) => boolean): Shape => (value, path) => is(value) ? value : wrong(path, type);

const text = primitive('a string', (value) => typeof value === 'string');
const integer = primitive('an integer of 32 bits', (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31);
const long = primitive('an integer', Number.isSafeInteger);
const flag = primitive('a boolean', (value) => typeof value === 'boolean');

const list = (item: Shape): Shape => (value, path) => Array.isArray(value)
  ? value.map((each, index) => item(each, `${path}[${index}]`))
  : wrong(path, 'a list');

const map = (item: Shape): Shape => (value, path) => Object.fromEntries(membersOf(value, path).map(([name, each]) => [name, item(each, `${path}.${name}`)]));

/** Members that are not here are passed on: the service itself says what it does not know. */
const structure = (members: Record<string, Shape>, required: readonly string[] = []): Shape => (value, path) => {
  const given = membersOf(value, path);
  const missing = required.find((name) => !given.some(([each]) => each === name));
  if (missing !== undefined) throw new ShapeError(`${path}${path && '.'}${missing} is missing`);
  return Object.fromEntries(given.map(([name, each]) => [name, Object.hasOwn(members, name) ? members[name](each, path === '' ? name : `${path}.${name}`) : each]));
};

function membersOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(path || 'the request', 'an object');
  return Object.entries(value).filter(([, each]) => each !== null);
}

function wrong(path: string, type: string): never {
  throw new ShapeError(`${path} is not ${type}`);
}

/** A text that is JSON itself. It is read by the service. */
const json = text;

const CONTAINER_OVERRIDES = structure({
  command: list(text),
  environment: list(structure({ name: text, value: text })),
  resourceRequirements: list(structure({ type: text, value: text })),
  instanceType: text,
  memory: integer,
  vcpus: integer,
});

const EVALUATE_ON_EXIT = structure({ action: text, onExitCode: text, onReason: text, onStatusReason: text });

/** The members that name a resource. In each call they are texts: a policy is asked about the resource before the service says whether it has the action. */
const NAMES = structure(Object.fromEntries(
  ['executionArn', 'stateMachineArn', 'taskToken', 'logGroupName', 'logGroupIdentifier', 'logStreamName', 'QueueUrl', 'jobQueue', 'jobDefinition', 'jobId'].map((name) => [name, text]),
));

/** The inputs of the actions that the emulator has. https://docs.aws.amazon.com/batch/latest/APIReference/, https://docs.aws.amazon.com/step-functions/latest/apireference/ */
export const INPUTS: Readonly<Record<string, Shape>> = {
  SubmitJob: structure({
    jobName: text,
    jobQueue: text,
    jobDefinition: text,
    parameters: map(text),
    containerOverrides: CONTAINER_OVERRIDES,
    arrayProperties: structure({ size: integer }),
    retryStrategy: structure({ attempts: integer, evaluateOnExit: list(EVALUATE_ON_EXIT) }),
    timeout: structure({ attemptDurationSeconds: integer }),
    tags: map(text),
    propagateTags: flag,
    shareIdentifier: text,
    schedulingPriorityOverride: integer,
    nodeOverrides: structure({ numNodes: integer, nodePropertyOverrides: list(structure({ targetNodes: text, containerOverrides: CONTAINER_OVERRIDES })) }),
  }),
  DescribeJobs: structure({ jobs: list(text) }),
  ListJobs: structure({
    jobQueue: text,
    arrayJobId: text,
    multiNodeJobId: text,
    jobStatus: text,
    maxResults: integer,
    nextToken: text,
    filters: list(structure({ name: text, values: list(text) })),
  }),
  TerminateJob: structure({ jobId: text, reason: text }, ['jobId']),
  CancelJob: structure({ jobId: text, reason: text }, ['jobId']),
  GetJobQueueSnapshot: structure({ jobQueue: text }),
  StartExecution: structure({ stateMachineArn: text, input: json, name: text, traceHeader: text }, ['stateMachineArn']),
  DescribeStateMachine: structure({ stateMachineArn: text, includedData: text }, ['stateMachineArn']),
  ListStateMachines: structure({ maxResults: integer, nextToken: text }),
  DescribeExecution: structure({ executionArn: text }, ['executionArn']),
  GetExecutionHistory: structure({ executionArn: text, maxResults: integer, reverseOrder: flag, nextToken: text, includeExecutionData: flag }, ['executionArn']),
  ListExecutions: structure({ stateMachineArn: text, statusFilter: text, maxResults: integer, nextToken: text, mapRunArn: text, redriveFilter: text }),
  StopExecution: structure({ executionArn: text, error: text, cause: text }, ['executionArn']),
  RedriveExecution: structure({ executionArn: text, clientToken: text }, ['executionArn']),
  SendTaskSuccess: structure({ taskToken: text, output: json }, ['taskToken', 'output']),
  SendTaskFailure: structure({ taskToken: text, error: text, cause: text }, ['taskToken']),
  SendTaskHeartbeat: structure({ taskToken: text }, ['taskToken']),
  GetLogEvents: structure({
    logGroupName: text,
    logGroupIdentifier: text,
    logStreamName: text,
    startTime: long,
    endTime: long,
    nextToken: text,
    limit: integer,
    startFromHead: flag,
    unmask: flag,
  }, ['logStreamName']),
  FilterLogEvents: structure({
    logGroupName: text,
    logGroupIdentifier: text,
    logStreamNames: list(text),
    logStreamNamePrefix: text,
    startTime: long,
    endTime: long,
    filterPattern: text,
    nextToken: text,
    limit: integer,
    interleaved: flag,
    unmask: flag,
  }),
  SendMessage: structure({ QueueUrl: text, MessageBody: text, DelaySeconds: integer, MessageGroupId: text }),
  SendMessageBatch: structure({ QueueUrl: text, Entries: list(structure({ Id: text, MessageBody: text, DelaySeconds: integer, MessageGroupId: text }, ['Id', 'MessageBody'])) }, ['Entries']),
};

/** The input of an action without its members that are null. Throws a `ShapeError`. */
export function inputOf(action: string, value: unknown): Record<string, unknown> {
  const input = NAMES(value, '');
  return (Object.hasOwn(INPUTS, action) ? INPUTS[action](input, '') : input) as Record<string, unknown>;
}
