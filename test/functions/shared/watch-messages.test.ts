import { checkJobMessage, checkRunMessage, cleanUpMessage } from '../../../src/contract/messages';
import { readWatchMessage } from '../../../src/functions/shared/watch-messages';

const execution = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
const check = { jobId: 'job-1', token: 'token', since: 1 };

test('each message is read as it was written', () => {
  expect(readWatchMessage(checkJobMessage(check))).toEqual({ kind: 'checkJob', check });
  expect(readWatchMessage(checkJobMessage({ ...check, early: 2 }))).toEqual({ kind: 'checkJob', check: { ...check, early: 2 } });
  expect(readWatchMessage(checkRunMessage(execution))).toEqual({ kind: 'checkRun', execution });
  expect(readWatchMessage(cleanUpMessage({ execution, redrive: 1 }))).toEqual({ kind: 'cleanUp', cleanUp: { execution, redrive: 1 } });
});

test.each<[string, object, object]>([
  ['Batch Job State Change', { source: 'aws.batch', detail: { jobId: 'job-1', status: 'FAILED' } }, { kind: 'jobEvent', jobId: 'job-1' }],
  ['Step Functions Execution Status Change', { source: 'aws.states', detail: { executionArn: execution, status: 'ABORTED' } }, { kind: 'checkRun', execution }],
])('the event %s is a reason to check', (type, event, message) => {
  expect(readWatchMessage(JSON.stringify({ ...event, 'detail-type': type }))).toEqual(message);
});

test.each(['', 'noise', '{}', 'null', '{"checkJob":{}}', '{"checkRun":{"execution":1}}', '{"cleanUp":{"execution":"arn"}}', '{"source":"aws.batch","detail":{"jobId":"job-1"}}'])('%j is not a message', (body) => {
  expect(readWatchMessage(body)).toBeUndefined();
});
