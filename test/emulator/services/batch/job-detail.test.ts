import { describeJob } from '../../../../emulator/services/batch/job-detail';

const PLAN = {
  jobName: 'j',
  queue: { arn: 'arn:queue' },
  definition: { arn: 'arn:definition' },
  parameters: { size: '1' },
  attempts: 3,
  evaluateOnExit: [{ action: 'EXIT', onReason: '*' }],
  imageUri: 'public/image',
  environment: { A: 'b' },
  vcpus: 2,
  memory: 512,
  tags: { team: 'a' },
  platform: 'EC2',
};
const job = (fields: object = {}, plan: object = {}): any => ({
  jobId: 'id', status: 'SUBMITTED', createdAt: 1.9, attempts: [], isCancelled: false, isTerminated: false, plan: { ...PLAN, ...plan }, ...fields,
});
const detailOf = (fields: object = {}, plan: object = {}, children: any[] = []): any => describeJob(job(fields, plan), children, 'arn:id');

const CONTAINER = {
  image: 'public/image',
  command: [],
  environment: [{ name: 'A', value: 'b' }],
  resourceRequirements: [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '512' }],
  volumes: [],
  mountPoints: [],
  ulimits: [],
  secrets: [],
  networkInterfaces: [],
};
const SUBMITTED = {
  jobArn: 'arn:id',
  jobName: 'j',
  jobId: 'id',
  jobQueue: 'arn:queue',
  status: 'SUBMITTED',
  attempts: [],
  createdAt: 1,
  retryStrategy: { attempts: 3, evaluateOnExit: PLAN.evaluateOnExit },
  dependsOn: [],
  jobDefinition: 'arn:definition',
  parameters: { size: '1' },
  container: CONTAINER,
  tags: { team: 'a' },
  platformCapabilities: ['EC2'],
  isCancelled: false,
  isTerminated: false,
};
const [FIRST, SECOND] = [1, 2].map((number) => ({
  logStreamName: `log${number}`, taskArn: `arn:task${number}`, exitCode: number, reason: `reason ${number}`, statusReason: `status ${number}`, startedAt: number + 0.5, stoppedAt: number + 1.5,
}));
const containerOf = ({ logStreamName, taskArn, exitCode, reason }: typeof FIRST) => ({ logStreamName, taskArn, exitCode, reason, networkInterfaces: [] });

test('a job that was just submitted', () => {
  expect(detailOf()).toEqual(SUBMITTED);
});

test('a job that has ended shows its attempts, and the container of the last one', () => {
  const fields = { status: 'FAILED', statusReason: 'why', startedAt: 3.5, stoppedAt: 4.5, isTerminated: true, attempts: [FIRST, SECOND] };
  expect(detailOf(fields, { command: ['work'], timeoutSeconds: 60, shareIdentifier: 'share' })).toEqual({
    ...SUBMITTED,
    status: 'FAILED',
    statusReason: 'why',
    startedAt: 3,
    stoppedAt: 4,
    isTerminated: true,
    attempts: [
      { container: containerOf(FIRST), startedAt: 1, stoppedAt: 2, statusReason: 'status 1' },
      { container: containerOf(SECOND), startedAt: 2, stoppedAt: 3, statusReason: 'status 2' },
    ],
    container: { ...CONTAINER, command: ['work'], ...containerOf(SECOND) },
    timeout: { attemptDurationSeconds: 60 },
    shareIdentifier: 'share',
  });
});

test('a job that runs shows the container of its current attempt', () => {
  expect(detailOf({ attempts: [FIRST], current: SECOND }).container).toEqual({ ...CONTAINER, ...containerOf(SECOND) });
});

test.each<[string, object, object, any[], object]>([
  ['an array job', {}, {}, ['FAILED', 'SUCCEEDED', 'FAILED'].map((status) => job({ status })), { arrayProperties: { size: 3, statusSummary: { FAILED: 2, SUCCEEDED: 1 } } }],
  ['a child', { arrayIndex: 0 }, {}, [], { arrayProperties: { index: 0 } }],
  ['a multi-node job', {}, { nodes: 3 }, [], { container: undefined, nodeProperties: { numNodes: 3, mainNode: 0, nodeRangeProperties: [] } }],
  ['the main node', { nodeIndex: 0 }, { nodes: 3 }, [], { nodeDetails: { nodeIndex: 0, isMainNode: true } }],
  ['another node', { nodeIndex: 1 }, { nodes: 3 }, [], { nodeDetails: { nodeIndex: 1, isMainNode: false } }],
])('%s', (_, fields, plan, children, expected) => {
  expect(detailOf(fields, plan, children)).toStrictEqual({ ...detailOf(), ...expected });
});

test('the attempts of a multi-node job have an exit code and no container', () => {
  expect(detailOf({ attempts: [FIRST] }, { nodes: 3 }).attempts).toEqual([{ container: { exitCode: 1, networkInterfaces: [] }, startedAt: 1, stoppedAt: 2, statusReason: 'status 1' }]);
});
