import { checkJobMessage, checkRunMessage, cleanUpMessage } from '../../../src/contract/messages';
import { readWatchMessage } from '../../../src/functions/check/watch-messages';

const execution = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
const check = { jobId: 'job-1', token: 'token', since: 1 };

test('each message is read as it was written', () => {
  expect(readWatchMessage(checkJobMessage(check), true)).toEqual({ kind: 'checkJob', check });
  expect(readWatchMessage(checkJobMessage({ ...check, early: 2 }), true)).toEqual({ kind: 'checkJob', check: { ...check, early: 2 } });
  expect(readWatchMessage(checkRunMessage(execution), true)).toEqual({ kind: 'checkRun', execution });
  expect(readWatchMessage(cleanUpMessage({ execution, redrive: 1 }), true)).toEqual({ kind: 'cleanUp', cleanUp: { execution, redrive: 1 } });
});

test.each<[string, object, object]>([
  ['Batch Job State Change', { source: 'aws.batch', detail: { jobId: 'job-1', status: 'FAILED' } }, { kind: 'jobEvent', jobId: 'job-1' }],
  ['Step Functions Execution Status Change', { source: 'aws.states', detail: { executionArn: execution, status: 'ABORTED' } }, { kind: 'checkRun', execution }],
])('the event %s is a reason to check', (type, event, message) => {
  expect(readWatchMessage(JSON.stringify({ ...event, 'detail-type': type }), true)).toEqual(message);
});

test.each([1.1, -1, 1e400, 2 ** 53])('a number of a check is a whole number that is exact, and %d is none', (number) => {
  expect(readWatchMessage(JSON.stringify({ checkJob: check }).replace('"since":1', `"since":${number === Infinity ? '1e400' : number}`), true)).toBeUndefined();
  expect(readWatchMessage(JSON.stringify({ checkJob: { ...check, early: 0 } }).replace('"early":0', `"early":${number === Infinity ? '1e400' : number}`), true)).toBeUndefined();
});

test.each(['', 'a b', 'x'.repeat(129), 'ü', '../a'])('%j is no id of a job', (jobId) => {
  expect(readWatchMessage(checkJobMessage({ ...check, jobId }), true)).toBeUndefined();
  expect(readWatchMessage(JSON.stringify({ 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId } }), false)).toBeUndefined();
});

test('a message of anyone else is a hint: what is in it does not count', () => {
  expect(readWatchMessage(checkJobMessage({ ...check, early: 2 }), false)).toEqual({ kind: 'jobEvent', jobId: 'job-1' });
  expect(readWatchMessage(cleanUpMessage({ execution, redrive: 9 }), false)).toEqual({ kind: 'checkRun', execution });
  expect(readWatchMessage(checkRunMessage(execution), false)).toEqual({ kind: 'checkRun', execution });
});

test.each(['', 'noise', '{}', 'null', '{"checkJob":{}}', '{"checkRun":{"execution":1}}', '{"cleanUp":{"execution":"arn"}}', '{"source":"aws.batch","detail":{"jobId":"job-1"}}'])('%j is not a message', (body) => {
  expect(readWatchMessage(body, true)).toBeUndefined();
});

describe('a check', () => {
  const unchanged = { state: 'RUNNING 0', since: 2, terminatedAt: 3, endedByOthers: true };
  const read = (checkJob: object) => readWatchMessage(JSON.stringify({ checkJob }), true);

  test('keeps all that it says', () => {
    const whole = { ...check, unchanged, early: 2 };
    expect(read(whole)).toEqual({ kind: 'checkJob', check: whole });
    expect(read({ ...check, unchanged: { state: 'RUNNING 0', since: 2 } })).toEqual({ kind: 'checkJob', check: { ...check, unchanged: { state: 'RUNNING 0', since: 2 } } });
  });

  test.each<[string, object]>([
    ...['jobId', 'token', 'since', 'unchanged', 'early'].map((field): [string, object] => [field, { ...check, [field]: null }]),
    ...Object.keys(unchanged).map((field): [string, object] => [`unchanged.${field}`, { ...check, unchanged: { ...unchanged, [field]: null } }]),
    ...['jobId', 'token', 'since'].map((field): [string, object] => [`no ${field}`, { ...check, [field]: undefined }]),
  ])('is not one with another kind of %s', (_, wrong) => {
    expect(read(wrong)).toBeUndefined();
  });
});

test.each<[string, object]>([
  ['another source with the type of a job', { 'source': 'aws.ecs', 'detail-type': 'Batch Job State Change', 'detail': { jobId: 'job-1' } }],
  ['another type of Batch', { 'source': 'aws.batch', 'detail-type': 'Batch Job Queue Blocked', 'detail': { jobId: 'job-1' } }],
  ['a job without an id', { 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': {} }],
  ['another source with the type of a run', { 'source': 'aws.ecs', 'detail-type': 'Step Functions Execution Status Change', 'detail': { executionArn: execution } }],
  ['another type of Step Functions', { 'source': 'aws.states', 'detail-type': 'Step Functions Test', 'detail': { executionArn: execution } }],
  ['a run without an ARN', { 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change', 'detail': {} }],
])('the event of %s is not a message', (_, event) => {
  expect(readWatchMessage(JSON.stringify(event), true)).toBeUndefined();
});
