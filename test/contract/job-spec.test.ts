import { jobSpecOf } from '../../src/contract/job-spec';

const spec = { definition: 'definition:1', queue: 'queue' };

test('the job is found in whichever state invokes the submit function', () => {
  const States = { First: { Type: 'Pass' }, Run: { Type: 'Task', Parameters: { Payload: { job: spec } } } };
  expect(jobSpecOf({ States })).toBe(spec);
});

test.each([
  ['a definition without states', {}],
  ['a state that is nothing', { States: { Nothing: null } }],
  ['a task of another service', { States: { Put: { Type: 'Task', Parameters: { Bucket: 'bucket' } } } }],
  ['a state machine of another kind', { States: { Wait: { Type: 'Wait' }, Call: { Type: 'Task', Parameters: { Payload: { job: 'my-job' } } } } }],
])('%s has no job', (_, definition) => {
  expect(jobSpecOf(definition)).toBeUndefined();
});
