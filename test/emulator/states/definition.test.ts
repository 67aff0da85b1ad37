import { readDefinition } from '../../../emulator/states/definition';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const machine = (state: object, more: object = {}) => ({ StartAt: 'A', States: { A: state }, ...more });

test('a supported definition is accepted', () => {
  expect(readDefinition(machine(task, { Comment: 'x', TimeoutSeconds: 5 })).StartAt).toBe('A');
});

test('variables of one name in two branches, and in the executions of a distributed map, are accepted', () => {
  const assigns = machine({ Type: 'Pass', Assign: { x: 1 }, End: true });
  const distributed = { Type: 'Map', ItemProcessor: { ...assigns, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }, Assign: { x: 1 }, End: true };
  expect(() => readDefinition(machine({ Type: 'Parallel', Branches: [assigns, assigns], End: true }))).not.toThrow();
  expect(() => readDefinition(machine(distributed))).not.toThrow();
});

test.each<[string, unknown, string]>([
  ['a definition that is not an object', [], 'the definition is not an object'],
  ['a start state that does not exist', { StartAt: 'B', States: { A: task } }, "'StartAt' names the state \"B\", which does not exist"],
  ['an unknown field of the definition', machine(task, { Comments: '' }), "the definition has the field 'Comments', which the emulator does not support"],
  ['an unknown field of a state', machine({ ...task, Retries: [] }), "state 'A' has the field 'Retries', which the emulator does not support"],
  ['an unknown field of a retrier', machine({ ...task, Retry: [{ ErrorEquals: ['a'], Times: 3 }] }), "state 'A', 'Retry' has the field 'Times'"],
  ['an unsupported state type', machine({ Type: 'Repeat', End: true }), 'state \'A\' is of type "Repeat", which the emulator does not support; it supports Task, Parallel, Map, Pass, Wait, Choice, Succeed, Fail'],
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
  ['a state type that every object has', machine({ Type: 'constructor', End: true }), 'is of type "constructor"'],
  ['a transition to what every object has', machine({ Type: 'Pass', Next: 'toString' }), 'names the state "toString", which does not exist'],
  ['a wait without a time', machine({ Type: 'Wait', End: true }), "state 'A' says neither how long nor until when it waits"],
  ['a wait with two times', machine({ Type: 'Wait', Seconds: 1, SecondsPath: '$.a', End: true }), "state 'A' has both 'Seconds' and 'SecondsPath'"],
  ['a Parallel state without branches', machine({ Type: 'Parallel', Branches: [], End: true }), "state 'A' has no 'Branches'"],
  ['an unknown field of a branch', machine({ Type: 'Parallel', Branches: [{ ...machine(task), TimeoutSeconds: 3 }], End: true }), "'Branches', has the field 'TimeoutSeconds'"],
  ['a state of a branch that is wrong', machine({ Type: 'Parallel', Branches: [machine({ Type: 'Pass' })], End: true }), "state 'A' needs either 'Next' or 'End'"],
  ['a processor configuration outside of a Map state', machine(task, { ProcessorConfig: {} }), "has the field 'ProcessorConfig'"],
  ['a variable that is a part of another', machine({ ...task, Assign: { 'x.y': 1 } }), "state 'A' assigns 'x.y', which cannot be the name of a variable"],
  ['a variable with the name of the reserved one', machine({ ...task, Assign: { 'states.$': '$' } }), "assigns 'states'"],
  ['variables that are not an object', machine({ ...task, Assign: [] }), "'Assign', is not an object"],
  ['a variable in a catcher that has no name', machine({ ...task, Catch: [{ ErrorEquals: ['E'], Next: 'A', Assign: { 1: 1 } }] }), "assigns '1'"],
  ['a variable of a branch with the name of an outer one',
    machine({ Type: 'Parallel', Branches: [machine({ Type: 'Pass', Assign: { x: 1 }, End: true })], Assign: { x: 2 }, End: true }), "the variable 'x' is assigned in a branch"],
  ['an error handler without errors', machine({ ...task, Retry: [{ ErrorEquals: [] }] }), "without 'ErrorEquals'"],
])('%s is an error', (_, json, message) => {
  expect(() => readDefinition(json)).toThrow(message);
});
