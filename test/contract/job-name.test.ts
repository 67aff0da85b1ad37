import * as fc from 'fast-check';
import { jobName, jobNamePrefix, redriveOf } from '../../src/contract/job-name';

const arn = fc.string({ minLength: 1, maxLength: 200 });
const count = fc.nat({ max: 1_000 });

test('a job name has at most 128 characters of a-z, 0-9 and hyphens, so that Batch accepts it and ListJobs finds it', () => {
  fc.assert(fc.property(arn, count, count, (executionArn, redrive, round) => {
    expect(jobName({ executionArn, redrive, round })).toMatch(/^[a-z0-9-]{1,128}$/);
  }));
});

test('a round always has the same name, and every other round, redrive or execution has another name', () => {
  fc.assert(fc.property(arn, arn, count, count, count, count, (a, b, redriveA, redriveB, roundA, roundB) => {
    const first = jobName({ executionArn: a, redrive: redriveA, round: roundA });
    const second = jobName({ executionArn: b, redrive: redriveB, round: roundB });
    expect(first === second).toBe(a === b && redriveA === redriveB && roundA === roundB);
  }));
});

test('the names of all jobs of an execution begin with its prefix, and contain their redrive', () => {
  fc.assert(fc.property(arn, count, count, (executionArn, redrive, round) => {
    const name = jobName({ executionArn, redrive, round });
    expect(name.startsWith(jobNamePrefix(executionArn))).toBe(true);
    expect(redriveOf(name)).toBe(redrive);
    expect(redriveOf(name.toUpperCase())).toBe(redrive);
  }));
});

const NAME = jobName({ executionArn: 'arn', redrive: 0, round: 1 });

test.each([`x${NAME}`, `${NAME}x`, `${NAME}-1`, '', 'nightly', 'hb-1-1', 'hb-0123-0-1', 'hb-0123456789abcdef0123456789abcdef-x-1'])('%j contains no redrive, since it is not the name of a round', (name) => {
  expect(redriveOf(name)).toBeUndefined();
});
