import { expectedOwner } from '../../../src/functions/shared/bucket-owner';
import { oneJob } from '../../emulator/apps';
import { MINUTE, scriptedEmulator, succeeds } from '../../emulator/scripted-emulator';

afterEach(() => { delete process.env.BUCKET_OWNER; });

test('the calls of S3 name the owner of the bucket where it is known', () => {
  expect(expectedOwner()).toEqual({});
  process.env.BUCKET_OWNER = '111122223333';
  expect(expectedOwner()).toEqual({ ExpectedBucketOwner: '111122223333' });
});

describe('a bucket that was deleted and that another account has created again', () => {
  const deployment = oneJob();
  const { emulator, begin, run, requests, calls } = scriptedEmulator(deployment);
  const bucket = deployment.buckets[0].name;
  const STRANGER = '999988887777';
  const LONG = { parameters: { size: 'x'.repeat(20_000) } };

  test('gets no payload: the run fails before its job is submitted', async () => {
    begin(succeeds);
    emulator.s3.setOwner(bucket, STRANGER);
    const execution = await run(LONG);
    expect([execution.status, execution.error, requests.length]).toEqual(['FAILED', 'OrchestrationFailed', 0]);
    expect(execution.cause).toContain('PutObject: AccessDenied');
    expect(emulator.s3.keys(bucket)).toEqual([]);
  });

  test('gives no result: what is in it does not get into the output of the run', async () => {
    begin((request) => {
      const key = request.environment.HEAVY_BATCH_RESULT.replace(`s3://${bucket}/`, '');
      emulator.s3.put(bucket, key, '{"forged":true}');
      emulator.s3.setOwner(bucket, STRANGER); // while the job runs
      return { after: MINUTE, exit: { exitCode: 0 } };
    });
    const execution = await run();
    expect(execution.status).toBe('SUCCEEDED');
    expect(execution.output).toMatchObject({ result: null, resultError: expect.stringContaining('AccessDenied') });
  });

  test('was the right bucket before: payloads and results pass, and each call names the owner', async () => {
    begin((request) => {
      const key = request.environment.HEAVY_BATCH_RESULT.replace(`s3://${bucket}/`, '');
      emulator.writeObject(request.jobRoleArn, bucket, key, Buffer.from('{"done":true}'));
      return { after: MINUTE, exit: { exitCode: 0 } };
    });
    const execution = await run(LONG);
    expect(execution.output).toMatchObject({ result: { done: true } });
    const s3 = calls.filter(({ service }) => service === 's3').map(({ call }) => call);
    expect(s3.map(({ action, input }) => `${action} ${input.Key.split('/')[0]}`).sort()).toEqual([
      'GetObject results', 'PutObject payloads', 'PutObject payloads', 'PutObject runs', 'PutObject runs',
    ]);
    expect(new Set(s3.map(({ input }) => input.ExpectedBucketOwner))).toEqual(new Set([deployment.account]));
  });
});
