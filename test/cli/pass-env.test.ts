import { Duration } from 'aws-cdk-lib';
import { heavyBatchHere } from './heavy-batch';
import { HeavyBatchJob } from '../../src';
import { imageOf, synthesize } from '../emulator/apps';

const app = synthesize((stack) => {
  new HeavyBatchJob(stack, 'Job', {
    imageDirectory: imageOf({ 'Dockerfile': 'FROM node:24\nCOPY . .\nCMD ["node", "index.js"]', 'index.js': 'console.log(JSON.stringify([process.env.GIVEN ?? null, process.env.KEPT ?? null]))' }),
    attemptTimeout: Duration.minutes(1),
    environment: { GIVEN: 'of the job' },
  });
});

test.each([
  [[], '["of the job",null]'],
  [['GIVEN'], '["s3://of/the person",null]'],
  [['GIVEN', 'KEPT'], '["s3://of/the person","secret"]'],
])('a job gets the variables of the person that it is to get, and no others: %j', async (names, printed) => {
  Object.assign(process.env, { GIVEN: 's3://of/the person', KEPT: 'secret' });
  try {
    const { code, out } = await heavyBatchHere('run', '--app', app, '--time-scale', '5', ...names.flatMap((name) => ['--pass-env', name]));
    expect([code, out]).toEqual([0, expect.stringContaining(`| ${printed}`)]);
  } finally {
    delete process.env.GIVEN;
    delete process.env.KEPT;
  }
});
