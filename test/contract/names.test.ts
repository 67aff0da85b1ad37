import { RUN_ID, SUBMIT_FUNCTION_ID } from '../../src/contract/construct-ids';
import { BATCH_PREFIX, CONTAINER_VARIABLES, FUNCTION_VARIABLES, OWN_PREFIX } from '../../src/contract/environment';
import { checkJobMessage, checkRunMessage, cleanUpMessage } from '../../src/contract/messages';
import { mapResultPrefix, objectAt, payloadKeys, payloadUri, RECORD_KEYS, recordKey, resultKeys, resultUri } from '../../src/contract/object-store';
import { CONTEXT_PARAMETER, TOKEN_PARAMETER } from '../../src/contract/parameters';
import * as terminations from '../../src/contract/terminations';

// Names that containers, deployed stacks, runs in flight and messages in queues have. They are written out: another name is a break.

test('a container finds its run in variables with these names', () => {
  expect(CONTAINER_VARIABLES).toEqual({
    RUN_ID: 'HEAVY_BATCH_RUN_ID',
    ROUND: 'HEAVY_BATCH_ROUND',
    RESULT: 'HEAVY_BATCH_RESULT',
    INPUT: 'HEAVY_BATCH_INPUT',
    SCRATCH: 'HEAVY_BATCH_SCRATCH',
    FILE_SYSTEM: 'HEAVY_BATCH_FILE_SYSTEM',
  });
  expect([OWN_PREFIX, BATCH_PREFIX]).toEqual(['HEAVY_BATCH_', 'AWS_BATCH']);
});

test('the functions find their queues, and the owner of their bucket, in variables with these names', () => {
  expect(FUNCTION_VARIABLES).toEqual({ WATCH_QUEUE_URL: 'WATCH_QUEUE_URL', JOB_QUEUES: 'JOB_QUEUES', PAYLOAD_BUCKET: 'PAYLOAD_BUCKET', SENDERS: 'SENDERS', BUCKET_OWNER: 'BUCKET_OWNER' });
});

test('a job in flight carries its run in parameters with these names', () => {
  expect([TOKEN_PARAMETER, CONTEXT_PARAMETER]).toEqual(['heavyBatchToken', 'heavyBatchRun']);
});

test('the ids of constructs from which CloudFormation makes logical ids stay', () => {
  expect([RUN_ID, SUBMIT_FUNCTION_ID]).toEqual(['Run', 'SubmitFunction']);
});

test('a message in the watch queue says in its only key what it asks for', () => {
  const check = { jobId: 'job-1', token: 'token', since: 1 };
  expect(JSON.parse(checkJobMessage(check))).toEqual({ checkJob: check });
  expect(JSON.parse(checkRunMessage('arn'))).toEqual({ checkRun: { execution: 'arn' } });
  expect(JSON.parse(cleanUpMessage({ execution: 'arn', redrive: 2 }))).toEqual({ cleanUp: { execution: 'arn', redrive: 2 } });
});

test('the objects of a job have these keys', () => {
  const store = { bucket: 'bucket', folder: 'Job' };
  const submission = { jobName: 'hb-1', submissionId: 'id' };
  expect(payloadUri(store, submission, 'a b', 'c/d')).toBe('s3://bucket/payloads/Job/hb-1-id/a%20b/c%2Fd');
  expect([resultUri(store, submission, false), resultUri(store, submission, true)]).toEqual(['s3://bucket/results/Job/hb-1-id', 's3://bucket/results/Job/hb-1-id/']);
  expect([payloadKeys(), payloadKeys('Job'), resultKeys(), resultKeys('Job')]).toEqual(['payloads/*', 'payloads/Job/*', 'results/*', 'results/Job/*']);
  expect([recordKey('hb-1'), RECORD_KEYS]).toEqual(['runs/hb-1', 'runs/*']);
  expect(mapResultPrefix('Map')).toBe('results/Map');
  expect(objectAt('s3://bucket/results/Job/hb-1')).toEqual({ Bucket: 'bucket', Key: 'results/Job/hb-1' });
});

test('a job that was terminated says why, as it did before', () => {
  expect([terminations.RUN_ENDED, terminations.RUN_REDRIVEN]).toEqual(['heavy-batch: its run ended', 'heavy-batch: its run was redriven']);
  expect(terminations.duplicateOf('job-0')).toBe('heavy-batch: duplicate of job-0');
  expect(terminations.queuedTooLong(60, 'why')).toBe('heavy-batch: queued too long (60 s): why');
  expect(terminations.startingTooLong(60, 'why')).toBe('heavy-batch: starting too long (60 s): why');
  expect(terminations.runningTooLong(60, 'why')).toBe('heavy-batch: running too long (60 s): why');
  expect([terminations.unknownStatus('NEW'), terminations.unknownStatus(undefined)]).toEqual(['heavy-batch: unknown status NEW', 'heavy-batch: unknown status undefined']);
});

test('the functions recognize their own terminations, and the original of a duplicate', () => {
  expect(['heavy-batch: its run ended', 'its run ended', 'a heavy-batch: b', '', undefined].map(terminations.isOwnTermination)).toEqual([true, false, false, false, false]);
});
