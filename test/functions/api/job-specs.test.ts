import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { JobSpecs } from '../../../src/functions/api/job-specs';

const sfn = mockClient(SFNClient);
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
const definition = (parameters: string[]) => JSON.stringify({ States: { Run: { Parameters: { Payload: { job: { definition: 'arn', parameters } } } } } });
const calls = () => sfn.commandCalls(DescribeStateMachineCommand).length;

let now = 0;
beforeEach(() => {
  now = 1_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  sfn.reset();
});

test('a definition is read once for a minute, also for many at once', async () => {
  sfn.on(DescribeStateMachineCommand).resolves({ definition: definition(['a']) });
  const specs = new JobSpecs(new SFNClient({}));
  const read = await Promise.all(Array.from({ length: 10 }, () => specs.of(MACHINE)));
  expect(read.map(({ parameters }) => parameters)).toEqual(Array.from({ length: 10 }, () => ['a']));
  now += 59_999;
  await specs.of(MACHINE);
  expect(calls()).toBe(1);
  sfn.on(DescribeStateMachineCommand).resolves({ definition: definition(['b']) });
  now += 1;
  expect((await specs.of(MACHINE)).parameters).toEqual(['b']);
  expect(calls()).toBe(2);
});

test('a failure is not kept', async () => {
  sfn.on(DescribeStateMachineCommand).rejectsOnce(new Error('throttled')).resolves({ definition: definition(['a']) });
  const specs = new JobSpecs(new SFNClient({}));
  await expect(specs.of(MACHINE)).rejects.toThrow('throttled');
  expect((await specs.of(MACHINE)).parameters).toEqual(['a']);
});

test('a state machine of something else is an error', async () => {
  sfn.on(DescribeStateMachineCommand).resolves({ definition: '{"States":{"Wait":{}}}' });
  await expect(new JobSpecs(new SFNClient({})).of(MACHINE)).rejects.toThrow(`${MACHINE} is not the state machine of a heavy job`);
});
