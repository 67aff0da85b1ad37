import { readDefinition } from '../../../emulator/states/definition';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const machine = (state: object, more: object = {}) => ({ StartAt: 'A', States: { A: state }, ...more });

const DATA = { InputPath: '$.a', OutputPath: '$.b' };
const RESULT = { ResultPath: '$.c', ResultSelector: {}, Retry: [{ ErrorEquals: ['a'], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 2, MaxDelaySeconds: 5, JitterStrategy: 'FULL', Comment: 'x' }] };
const CATCH = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A', ResultPath: null, Assign: { 'z.$': '$' }, Comment: 'x' }] };
const BRANCH = { ...machine({ Type: 'Pass', End: true }), Comment: 'x' };

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-states.html */
test.each<[string, object]>([
  ['Task', { ...task, ...DATA, ...RESULT, ...CATCH, Assign: { x: 1 }, Parameters: {}, TimeoutSeconds: 1, HeartbeatSeconds: 1 }],
  ['Task with paths', { ...task, TimeoutSecondsPath: '$.a', HeartbeatSecondsPath: '$.b' }],
  ['Parallel', { ...DATA, ...RESULT, ...CATCH, Assign: { x: 1 }, Parameters: {}, Branches: [BRANCH], Next: 'A' }],
  ['Map', { ...DATA, ...RESULT, ...CATCH, Assign: { x: 1 }, ItemsPath: '$.a', ItemSelector: {}, ItemProcessor: BRANCH, MaxConcurrency: 1, End: true }],
  ['Pass', { ...DATA, Assign: { x: 1 }, Parameters: {}, Result: 1, ResultPath: '$.c', Next: 'A' }],
  ['Wait', { ...DATA, Assign: { x: 1 }, Seconds: 1, End: true }],
  ['Wait', { SecondsPath: '$.a', End: true }],
  ['Wait', { Timestamp: '2026-01-01T00:00:00Z', End: true }],
  ['Wait', { TimestampPath: '$.a', End: true }],
  ['Choice', { ...DATA, Assign: { x: 1 }, Choices: [{ Variable: '$.a', IsNull: true, Next: 'A', Assign: { y: 1 } }], Default: 'A' }],
  ['Choice', { Choices: [{ Variable: '$.a', IsNull: true, Next: 'A' }] }],
  ['Succeed', DATA],
  ['Fail', { Error: 'E', Cause: 'C' }],
  ['Fail', { ErrorPath: '$.a', CausePath: '$.b' }],
])('a state of type %s with %j is accepted', (type, fields) => {
  const definition = machine({ Type: type.split(' ')[0], Comment: 'x', QueryLanguage: 'JSONPath', ...fields }, { Comment: 'x', TimeoutSeconds: 5, Version: '1.0', QueryLanguage: 'JSONPath' });
  expect(readDefinition(definition)).toEqual(definition);
});

test('variables of one name in two branches, and in the executions of a distributed map, are accepted', () => {
  const assigns = machine({ Type: 'Pass', Assign: { x: 1 }, End: true });
  const distributed = { Type: 'Map', ItemProcessor: { ...assigns, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }, Assign: { x: 1 }, End: true };
  expect(() => readDefinition(machine({ Type: 'Parallel', Branches: [assigns, assigns], End: true }))).not.toThrow();
  expect(() => readDefinition(machine(distributed))).not.toThrow();
});

test.each<[string, unknown, string]>([
  ['a definition that is a list', [], 'the definition is not an object'],
  ['a definition that is nothing', null, 'the definition is not an object'],
  ['a definition without states', { StartAt: 'A' }, "'States' is not an object"],
  ['a state that is not an object', machine([]), "state 'A' is not an object"],
  ['a start state that is not a text', { StartAt: 1, States: { 1: task } }, "'StartAt' names the state 1, which does not exist"],
  ['a start state that does not exist', { StartAt: 'B', States: { A: task } }, "'StartAt' names the state \"B\", which does not exist"],
  ['an unknown field of the definition', machine(task, { Comments: '' }), "the definition has the field 'Comments', which the emulator does not support; it supports Comment, StartAt, States, TimeoutSeconds, Version, QueryLanguage"],
  ['an unknown field of a state', machine({ ...task, Retries: [] }), "state 'A' has the field 'Retries', which the emulator does not support"],
  ['an unknown field of a retrier', machine({ ...task, Retry: [{ ErrorEquals: ['a'], Times: 3 }] }), "state 'A', 'Retry' has the field 'Times'"],
  ['an unknown field of a catcher', machine({ ...task, Catch: [{ ErrorEquals: ['a'], Next: 'A', Times: 3 }] }), "state 'A', 'Catch' has the field 'Times'"],
  ['retriers that are not a list', machine({ ...task, Retry: {} }), "state 'A', 'Retry' is not a list"],
  ['catchers that are not a list', machine({ ...task, Catch: {} }), "state 'A', 'Catch' is not a list"],
  ['branches that are not a list', machine({ Type: 'Parallel', Branches: {}, End: true }), "state 'A', 'Branches' is not a list"],
  ['choices that are not a list', machine({ Type: 'Choice', Choices: {} }), "state 'A', 'Choices' is not a list"],
  ['a choice that is not an object', machine({ Type: 'Choice', Choices: [1] }), "state 'A', 'Choices' is not an object"],
  ['a choice of a state that does not exist', machine({ Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'B' }] }), "state 'A', 'Choices', names the state \"B\", which does not exist"],
  ['a default that does not exist', machine({ Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'A' }], Default: 'B' }), "state 'A', 'Default', names the state \"B\", which does not exist"],
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
  ['a variable with an ending in its middle', machine({ ...task, Assign: { 'x.$y': 1 } }), "state 'A' assigns 'x.$y', which cannot be the name of a variable"],
  ['a variable with the name of the reserved one', machine({ ...task, Assign: { 'states.$': '$' } }), "assigns 'states'"],
  ['variables that are not an object', machine({ ...task, Assign: [] }), "state 'A', 'Assign', is not an object"],
  ['a variable in a catcher that has no name', machine({ ...task, Catch: [{ ErrorEquals: ['E'], Next: 'A', Assign: { 1: 1 } }] }), "assigns '1'"],
  ['a variable of a branch with the name of an outer one',
    machine({ Type: 'Parallel', Branches: [machine({ Type: 'Pass', Assign: { x: 1 }, End: true })], Assign: { x: 2 }, End: true }),
    "the variable 'x' is assigned in a branch or an iteration, and also in the states around it; use another name"],
  ['an error handler without errors', machine({ ...task, Retry: [{ ErrorEquals: [] }] }), "state 'A' has an error handler without 'ErrorEquals'"],
  ['an error handler with a text as its errors', machine({ ...task, Catch: [{ ErrorEquals: 'E', Next: 'A' }] }), "state 'A' has an error handler without 'ErrorEquals'"],
])('%s is an error', (_, json, message) => {
  expect(() => readDefinition(json)).toThrow(message);
});
