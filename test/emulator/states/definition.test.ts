import { readDefinition } from '../../../emulator/states/definition';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const machine = (state: object, more: object = {}) => ({ StartAt: 'A', States: { A: state }, ...more });

test('a supported definition is accepted', () => {
  expect(readDefinition(machine(task, { Comment: 'x', TimeoutSeconds: 5 })).StartAt).toBe('A');
});

test.each<[string, unknown, string]>([
  ['a definition that is not an object', [], 'the definition is not an object'],
  ['a start state that does not exist', { StartAt: 'B', States: { A: task } }, "'StartAt' names the state \"B\", which does not exist"],
  ['an unknown field of the definition', machine(task, { Comments: '' }), "the definition has the field 'Comments', which the emulator does not support"],
  ['an unknown field of a state', machine({ ...task, Retries: [] }), "state 'A' has the field 'Retries', which the emulator does not support"],
  ['an unknown field of a retrier', machine({ ...task, Retry: [{ ErrorEquals: ['a'], Times: 3 }] }), "state 'A', 'Retry' has the field 'Times'"],
  ['an unsupported state type', machine({ Type: 'Parallel', End: true }), 'state \'A\' is of type "Parallel", which the emulator does not support; it supports Task, Map, Pass, Wait, Choice, Succeed, Fail'],
  ['JSONata', machine(task, { QueryLanguage: 'JSONata' }), 'the definition is written in JSONata; the emulator supports JSONPath'],
  ['JSONata in a state', machine({ ...task, QueryLanguage: 'JSONata' }), "state 'A' is written in JSONata"],
  ['a state without a transition', machine({ Type: 'Pass' }), "state 'A' needs either 'Next' or 'End'"],
  ['a state with two transitions', machine({ Type: 'Pass', Next: 'A', End: true }), "state 'A' needs either 'Next' or 'End'"],
  ['a transition to a state that does not exist', machine({ Type: 'Pass', Next: 'B' }), "state 'A', 'Next', names the state \"B\", which does not exist"],
  ['a catcher with a state that does not exist', machine({ ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }), "state 'A', 'Catch', names the state \"B\""],
  ['a choice without choices', machine({ Type: 'Choice', Choices: [] }), "state 'A' has no 'Choices'"],
  ['a task without a resource', machine({ Type: 'Task', End: true }), "state 'A' has no 'Resource'"],
  ['States.ALL beside others', machine({ ...task, Retry: [{ ErrorEquals: ['States.ALL', 'a'] }] }), "it must be alone in 'ErrorEquals', in the last handler"],
  ['States.ALL before others', machine({ ...task, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['a'] }] }), "it must be alone in 'ErrorEquals', in the last handler"],
  ['an error handler without errors', machine({ ...task, Retry: [{ ErrorEquals: [] }] }), "without 'ErrorEquals'"],
])('%s is an error', (_, json, message) => {
  expect(() => readDefinition(json)).toThrow(message);
});
