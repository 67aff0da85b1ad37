import { readDefinition } from '../../../emulator/states/definition';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const machine = (state: object, more: object = {}) => ({ StartAt: 'A', States: { A: state }, ...more });

test('what is known is taken', () => {
  expect(readDefinition(machine(task, { Comment: 'x', TimeoutSeconds: 5 })).StartAt).toBe('A');
});

test.each<[string, unknown, string]>([
  ['not an object', [], 'the definition is not an object'],
  ['a start that is not there', { StartAt: 'B', States: { A: task } }, "'StartAt' names the state \"B\", which does not exist"],
  ['a field of the machine', machine(task, { Comments: '' }), "the definition has the field 'Comments', which the local runner does not know"],
  ['a field of a state', machine({ ...task, Retries: [] }), "state 'A' has the field 'Retries', which the local runner does not know"],
  ['a field of a retrier', machine({ ...task, Retry: [{ ErrorEquals: ['a'], Times: 3 }] }), "state 'A', 'Retry' has the field 'Times'"],
  ['a type', machine({ Type: 'Parallel', End: true }), 'state \'A\' is of type "Parallel", which the local runner does not know; it knows Task, Map, Pass, Wait, Choice, Succeed, Fail'],
  ['JSONata', machine(task, { QueryLanguage: 'JSONata' }), 'the definition is written in JSONata; the local runner reads JSONPath'],
  ['JSONata in a state', machine({ ...task, QueryLanguage: 'JSONata' }), "state 'A' is written in JSONata"],
  ['no way on', machine({ Type: 'Pass' }), "state 'A' needs either 'Next' or 'End'"],
  ['two ways on', machine({ Type: 'Pass', Next: 'A', End: true }), "state 'A' needs either 'Next' or 'End'"],
  ['a way to nowhere', machine({ Type: 'Pass', Next: 'B' }), "state 'A', 'Next', names the state \"B\", which does not exist"],
  ['a catcher to nowhere', machine({ ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }), "state 'A', 'Catch', names the state \"B\""],
  ['a choice without choices', machine({ Type: 'Choice', Choices: [] }), "state 'A' has no 'Choices'"],
  ['no resource', machine({ Type: 'Task', End: true }), "state 'A' has no 'Resource'"],
  ['States.ALL beside others', machine({ ...task, Retry: [{ ErrorEquals: ['States.ALL', 'a'] }] }), 'it stands alone and last'],
  ['States.ALL before others', machine({ ...task, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['a'] }] }), 'it stands alone and last'],
  ['an error handler for nothing', machine({ ...task, Retry: [{ ErrorEquals: [] }] }), "without 'ErrorEquals'"],
])('%s is an error', (_, json, message) => {
  expect(() => readDefinition(json)).toThrow(message);
});
