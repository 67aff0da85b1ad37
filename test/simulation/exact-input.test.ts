import type { JobPlan } from '../../emulator/services/batch/job-plan';
import { changedValues } from '../../simulation/exact-input';

const plan = { parameters: { size: '616581622363398142', other: '1' }, environment: { A: 'b' }, command: ['work', ''] } as unknown as JobPlan;

test.each<[string, unknown]>([
  ['an empty input', {}],
  ['no input', undefined],
  ['text', { parameters: { size: '616581622363398142' } }],
  ['a number in a body', { body: '{"size": 616581622363398142}' }],
  ['a list of one', [{ containerOverrides: { environment: { A: 'b' }, command: ['work', ''] } }]],
  ['a value that may go through S3', { parameters: { size: 'x'.repeat(1_001) } }],
])('%s has not changed', (_, input) => {
  expect(changedValues(input, plan)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['a number that has lost digits', { parameters: { size: 616581622363398100 } }, 'parameters.size is "616581622363398142", not "616581622363398100"'],
  ['a variable that is not there', { containerOverrides: { environment: { MODE: '' } } }, 'environment.MODE is undefined, not ""'],
  ['a name that every object inherits', { containerOverrides: { environment: { constructor: 'a' } } }, 'environment.constructor is undefined, not "a"'],
  ['a word of a command', { containerOverrides: { command: ['works'] } }, 'command.0 is "work", not "works"'],
])('%s is found', (_, input, change) => {
  expect(changedValues(input, plan)).toEqual([change]);
});
