// Messages of the watch queue, as texts: right ones, ones that nearly match, and any. And the jobs that DescribeJobs finds.
import fc from 'fast-check';
import { EXECUTION, TOKEN } from './jobs.mjs';
import { jsonWith, large, nameAmong, objectOf, scalar } from './json-text.mjs';
import { between, listOf, pick, weighted } from '../common/arbitraries.mjs';

const NAMES = [
  'checkJob', 'checkRun', 'cleanUp', 'jobId', 'token', 'since', 'unchanged', 'early', 'state', 'terminatedAt', 'endedByOthers', 'execution', 'redrive', 'source', 'detail-type',
  'detail', 'executionArn', 'aws.batch', 'aws.states',
];
const JOB_IDS = ['job-1', 'job-2', 'job-3'];
const NOW = 1_800_000_000_000;

const quoted = (...values) => pick(...values.map((value) => JSON.stringify(value)));
const jobId = quoted(...JOB_IDS);
const since = between(NOW - 100_000_000, NOW).map(String);
const execution = quoted(EXECUTION, 'arn:aws:states:us-east-1:123456789012:execution:Other:run-2');

/** An object with all members, some of which may be other JSON, or twice, or not there, or named a little differently. */
const nearly = (members) => fc.tuple(...members.map(([name, right]) => fc.tuple(
  weighted([14, fc.constant(name)], [1, nameAmong(name)]),
  weighted([14, right], [1, scalar], [1, jsonWith(...NAMES)]),
  weighted([14, fc.constant(1)], [1, pick(0, 2)]),
))).map((each) => objectOf(each.flatMap(([name, json, times]) => Array(times).fill([name, json]))));

const unchanged = nearly([['state', quoted('RUNNABLE 0', 'RUNNING 0')], ['since', since], ['terminatedAt', since], ['endedByOthers', pick('true', 'false')]]);
const RIGHT = fc.oneof(
  fc.tuple(jobId, since).map(([id, time]) => `{"checkJob":{"jobId":${id},"token":"${TOKEN}","since":${time}}}`),
  execution.map((arn) => `{"checkRun":{"execution":${arn}}}`),
  fc.tuple(execution, pick('0', '1')).map(([arn, redrive]) => `{"cleanUp":{"execution":${arn},"redrive":${redrive}}}`),
  jobId.map((id) => `{"source":"aws.batch","detail-type":"Batch Job State Change","detail":{"jobId":${id}}}`),
  execution.map((arn) => `{"source":"aws.states","detail-type":"Step Functions Execution Status Change","detail":{"executionArn":${arn}}}`),
);
const NEARLY = fc.oneof(
  nearly([['checkJob', nearly([['jobId', jobId], ['token', quoted(TOKEN)], ['since', since], ['unchanged', unchanged], ['early', pick('1', '4', '5')]])]]),
  nearly([['checkRun', nearly([['execution', execution]])]]),
  nearly([['cleanUp', nearly([['execution', execution], ['redrive', pick('0', '1')]])]]),
  nearly([['source', quoted('aws.batch', 'aws.states')], ['detail-type', quoted('Batch Job State Change', 'Step Functions Execution Status Change')],
    ['detail', nearly([['jobId', jobId], ['executionArn', execution]])]]),
);

export const messages = weighted(
  [100, RIGHT],
  [200, NEARLY],
  [60, jsonWith(...NAMES)],
  [20, fc.tuple(NEARLY, between(0, 60)).map(([json, length]) => json.slice(0, length))], // no JSON any more
  [20, fc.string()],
  [1, large],
);

const time = between(NOW - 100_000_000, NOW);
const reason = pick('Essential container in task exited', 'Host EC2 (instance i-0abc) terminated.', 'OutOfMemoryError: Container killed due to memory usage', '\u001b[2J', '', undefined);
const container = fc.record({ exitCode: between(0, 255), reason }, { requiredKeys: [] });
const attempt = fc.record({ startedAt: time, stoppedAt: time, statusReason: reason, container }, { requiredKeys: [] });

/** A job that DescribeJobs finds, without its name and its run. */
export const foundJobs = fc.record({
  status: pick('SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'EVAPORATED'),
  createdAt: time,
  startedAt: time,
  stoppedAt: time,
  statusReason: reason,
  isTerminated: fc.boolean(),
  attempts: listOf(attempt, 0, 2),
}, { requiredKeys: ['status', 'createdAt'] });

/** Whether a job belongs to a run, to none, or carries any text. */
export const carriedRuns = weighted([6, fc.constant('its run')], [1, fc.constant(undefined)], [2, jsonWith(...NAMES, 'round', 'queue', 'earlier')]);
