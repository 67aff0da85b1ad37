import { listJobs, validateListJobs } from '../../../../emulator/services/batch/list-jobs';

const job = (fields: object, name = 'Job-1'): any => ({
  jobId: 'id', status: 'RUNNING', createdAt: 100, attempts: [], plan: { jobName: name, definition: { arn: 'arn:definition/d:1' }, nodes: 2 }, ...fields,
});
const idsOf = (jobs: any[], input: object) => listJobs(jobs, input, (jobId) => `arn:${jobId}`).jobSummaryList.map(({ jobId }) => jobId);

test.each<[object]>([
  [{ jobQueue: 'q' }],
  [{ arrayJobId: 'a' }],
  [{ multiNodeJobId: 'm' }],
  [{ jobQueue: 'q', filters: [{}] }],
])('a list of the jobs of %j is accepted', (input) => {
  expect(() => validateListJobs(input)).not.toThrow();
});

test.each<[object]>([
  [{}],
  [{ jobQueue: 'q', arrayJobId: 'a' }],
  [{ jobQueue: 'q', filters: [{}, {}] }],
])('a list of the jobs of %j is refused', (input) => {
  expect(() => validateListJobs(input)).toThrow(expect.objectContaining({ code: 'ClientException' }));
});

test('without a status and without a filter, the jobs that run are listed', () => {
  const jobs = ['RUNNABLE', 'RUNNING', 'FAILED'].map((status) => job({ status, jobId: status }));
  expect(idsOf(jobs, {})).toEqual(['RUNNING']);
  expect(idsOf(jobs, { jobStatus: 'FAILED' })).toEqual(['FAILED']);
  expect(idsOf(jobs, { jobStatus: 'FAILED', filters: [{ name: 'JOB_NAME', values: ['job-1'] }] })).toEqual(['RUNNABLE', 'RUNNING', 'FAILED']);
});

test.each<[string, string[], string[]]>([
  ['JOB_NAME', ['A'], ['a']],
  ['JOB_NAME', ['a*'], ['a', 'ab']],
  ['JOB_NAME', ['*b'], []],
  ['JOB_NAME', ['x', 'B'], ['b']],
  ['JOB_DEFINITION', ['arn:definition/*'], ['a', 'ab', 'b']],
  ['JOB_DEFINITION', ['other'], []],
  ['BEFORE_CREATED_AT', ['200'], ['a']],
  ['AFTER_CREATED_AT', ['200'], ['b']],
])('the filter %s with %j lists %j', (name, values, expected) => {
  const jobs = [['a', 100], ['ab', 200], ['b', 300]].map(([jobId, createdAt]) => job({ jobId, createdAt }, String(jobId)));
  expect(idsOf(jobs, { filters: [{ name, values }] })).toEqual(expected);
});

test('an unknown filter is refused', () => {
  expect(() => idsOf([job({})], { filters: [{ name: 'OTHER', values: [] }] })).toThrow('Unknown filter OTHER');
});

test('the last page has no token, even when it is full', () => {
  const jobs = Array.from({ length: 1_001 }, (_, index) => job({ jobId: String(index) }));
  const page = (input: object) => listJobs(jobs, input, String);
  expect(page({})).toMatchObject({ nextToken: '1000' });
  expect(page({ maxResults: 5_000 }).jobSummaryList).toHaveLength(1_000);
  expect(page({ nextToken: '1000' })).toMatchObject({ nextToken: undefined, jobSummaryList: [{ jobId: '1000' }] });
  expect(page({ maxResults: 1, nextToken: '1000' }).nextToken).toBeUndefined();
});

test('a summary has what the job has: the container of the last attempt, the index of a child, the node', () => {
  const summaryOf = (fields: object) => listJobs([job(fields)], {}, (jobId) => `arn:${jobId}`).jobSummaryList[0];
  expect(summaryOf({ startedAt: 1.9, stoppedAt: 2.9, statusReason: 'why', isCancelled: true, isTerminated: false })).toEqual({
    jobArn: 'arn:id',
    jobId: 'id',
    jobName: 'Job-1',
    createdAt: 100,
    status: 'RUNNING',
    statusReason: 'why',
    startedAt: 1,
    stoppedAt: 2,
    jobDefinition: 'arn:definition/d:1',
    isCancelled: true,
    isTerminated: false,
  });
  const [first, last, current] = [{ exitCode: 1, reason: 'a' }, { exitCode: 2, reason: 'b' }, { exitCode: undefined, reason: 'c' }];
  expect(summaryOf({ attempts: [first, last] }).container).toEqual(last);
  expect(summaryOf({ attempts: [first, last], current }).container).toEqual(current);
  expect(summaryOf({ arrayIndex: 0 }).arrayProperties).toEqual({ index: 0 });
  expect(summaryOf({ nodeIndex: 0 }).nodeProperties).toEqual({ isMainNode: true, numNodes: 2, nodeIndex: 0 });
  expect(summaryOf({ nodeIndex: 1 }).nodeProperties).toEqual({ isMainNode: false, numNodes: 2, nodeIndex: 1 });
});
