// State machines that nobody wrote, in the JSONPath language, with what their tasks' calls answer.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
import { between, chance, oneOf } from '../seeded.mjs';

const INPUTS = [
  { a: 1, b: 'text', c: true, d: [3, 1, 3], e: { f: 'deep', g: [{ h: 1 }, { h: 2 }] }, n: null, t: '2026-01-01T00:00:00Z', one: 1 },
  { a: -2.5, b: 'a*b', c: false, d: [], e: { f: '', g: [{ h: 0 }] }, n: null, t: '2030-06-30T12:00:00Z', one: 1, more: 'x' },
];
const ERRORS = ['E1', 'E2', 'E3'];
const WHOLE = ['$.a', '$.b', '$.c', '$.d', '$.e', '$.e.f', '$.e.g[0]', "$['b']", '$.n', '$.t', '$.d[0:2]', '$.e.g[*].h', '$.missing'];

/** Answers `{definition, input, calls}`. */
export function randomMachine(random) {
  const count = between(random, 2, 6);
  const names = Array.from({ length: count }, (_, index) => `S${index}`);
  const states = Object.fromEntries(names.map((name, index) => [name, stateOf(random, name, names.slice(index + 1))]));
  return { definition: { StartAt: 'S0', States: states }, input: oneOf(random, INPUTS), calls: Array.from({ length: 12 }, () => callOf(random)) };
}

function callOf(random) {
  const kind = random();
  if (kind < 0.55) return { answer: oneOf(random, [1, 'done', null, { x: [1, { y: 2 }] }, [], true]) };
  if (kind < 0.92) return { errorType: oneOf(random, ERRORS), errorMessage: 'why' };
  return { refusal: 'TooManyRequestsException', status: 429 };
}

function stateOf(random, name, later) {
  const kind = later.length === 0 ? oneOf(random, ['Pass', 'Task', 'Succeed', 'Fail']) : oneOf(random, ['Pass', 'Pass', 'Pass', 'Choice', 'Choice', 'Task', 'Task', 'Task', 'Wait', 'Fail']);
  const on = () => later.length > 0 && chance(random, 0.9) ? { Next: oneOf(random, later) } : { End: true };
  const comment = chance(random, 0.1) ? { Comment: 'why' } : {};
  switch (kind) {
    case 'Pass': return { Type: 'Pass', ...comment, ...paths(random), ...oneOf(random, [() => ({}), () => ({ Result: oneOf(random, [1, 'r', { r: [1] }, null, []]) }), () => ({ Parameters: template(random) })])(), ...resultPath(random, name, chance(random, 0.2) ? ['$.b.x', '$.d.x'] : []), ...on() };
    case 'Wait': return { Type: 'Wait', ...oneOf(random, [{ Seconds: 1 }, { SecondsPath: '$.one' }, { Timestamp: '2020-01-01T00:00:00Z' }]), ...on() };
    case 'Succeed': return { Type: 'Succeed', ...comment, ...paths(random) };
    case 'Fail': return { Type: 'Fail', ...oneOf(random, [{ Error: 'E', Cause: 'why' }, { Error: 'E' }, { ErrorPath: '$.b', CausePath: "States.Format('{}/{}', $.a, $.e.f)" }, { Error: 'E', CausePath: '$.b' }]) };
    case 'Choice': return {
      Type: 'Choice',
      Choices: Array.from({ length: between(random, 1, 3) }, () => ({ ...rule(random), Next: oneOf(random, later) })),
      ...chance(random, 0.85) ? { Default: oneOf(random, later) } : {},
    };
    default: return {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'function', Payload: { 'executionName.$': '$$.Execution.Name', 'state.$': '$$.State.Name', 'retries.$': '$$.State.RetryCount', ...chance(random, 0.4) ? { given: template(random) } : {} } },
      ResultSelector: oneOf(random, [{ 'payload.$': '$.Payload' }, { 'status.$': '$.StatusCode', 'kept': 1 }, { 'list.$': "States.Array($.Payload, 'x')" }]),
      ...resultPath(random, name, chance(random, 0.2) ? ['$'] : []),
      ...chance(random, 0.6) ? { Retry: handlers(random, () => ({ IntervalSeconds: 1, MaxAttempts: between(random, 0, 2), BackoffRate: 1, ...chance(random, 0.3) ? { JitterStrategy: 'FULL' } : {} })) } : {},
      ...later.length > 0 && chance(random, 0.6) ? { Catch: handlers(random, () => ({ Next: oneOf(random, later), ...oneOf(random, [{}, { ResultPath: '$.error' }, { ResultPath: null }]) })) } : {},
      ...on(),
    };
  }
}

function paths(random) {
  return { ...chance(random, 0.1) ? { InputPath: oneOf(random, ['$.e', '$', null]) } : {}, ...chance(random, 0.08) ? { OutputPath: oneOf(random, ['$', null]) } : {} };
}

function resultPath(random, name, more = []) {
  return { ResultPath: oneOf(random, [`$.${name}`, `$.${name}`, `$.${name}`, '$.e.result', null, '$.e.x.y', ...more]) };
}

/** By name, then by what else there is. */
function handlers(random, more) {
  const named = Array.from({ length: between(random, 0, 2) }, () => ({ ErrorEquals: [oneOf(random, ERRORS), ...chance(random, 0.3) ? [oneOf(random, ERRORS)] : []], ...more() }));
  const rest = chance(random, 0.5) || named.length === 0 ? [{ ErrorEquals: [oneOf(random, ['States.ALL', 'States.TaskFailed'])], ...more() }] : [];
  return [...named, ...rest];
}

function template(random) {
  return Object.fromEntries(Array.from({ length: between(random, 1, 4) }, (_, index) => oneOf(random, [
    () => [`p${index}.$`, oneOf(random, WHOLE)],
    () => [`p${index}.$`, intrinsic(random)],
    () => [`p${index}.$`, oneOf(random, ['$$.Execution.Name', '$$.State.Name', '$$.StateMachine.Name', '$$.Execution.Input.b'])],
    () => [`p${index}`, oneOf(random, [1, 'x', { 'deeper.$': '$.a' }, [{ 'in.$': '$.b' }, 2], null, true])],
  ])()));
}

function intrinsic(random) {
  return oneOf(random, [
    "States.Format('{} and {}', $.a, $.b)", "States.Format('no but {}', $.c)", "States.Format('{}', $.e)",
    'States.JsonToString($.e)', "States.StringToJson('[1, {\"a\": null}]')", 'States.Array($.a, $.b, true, 15)', 'States.Array()',
    'States.ArrayPartition($.d, 2)', 'States.ArrayContains($.d, 3)', 'States.ArrayContains($.d, $.a)', 'States.ArrayRange(1, 9, 2)', 'States.ArrayGetItem($.e.g, 0)',
    'States.ArrayLength($.d)', 'States.ArrayUnique($.d)', "States.Base64Encode('some text')", "States.Base64Decode('c29tZSB0ZXh0')", "States.Hash('text', 'SHA-256')", "States.Hash($.b, 'MD5')",
    "States.JsonMerge($.e, States.StringToJson('{\"f\": 2, \"z\": 3}'), false)", 'States.MathAdd($.one, -3)', "States.StringSplit('a,b;c', ',;')", "States.StringSplit('1.2.3', '.')",
    "States.Format('{}', States.ArrayLength(States.Array(1, $.a)))", 'States.ArrayGetItem(States.ArrayRange(0, 4, 1), 3)',
  ]);
}

function rule(random, depth = 0) {
  const kind = random();
  if (depth < 2 && kind < 0.1) return { And: [rule(random, depth + 1), rule(random, depth + 1)] };
  if (depth < 2 && kind < 0.2) return { Or: [rule(random, depth + 1), rule(random, depth + 1)] };
  if (depth < 2 && kind < 0.3) return { Not: rule(random, depth + 1) };
  return oneOf(random, [
    () => ({ Variable: oneOf(random, ['$.a', '$.missing', '$.e.f', '$.e.missing.deep', '$.n', '$.d[0]', '$.more']), IsPresent: chance(random, 0.5) }),
    () => ({ Variable: oneOf(random, ['$.a', '$.b', '$.c', '$.d', '$.n', '$.t']), [oneOf(random, ['IsNull', 'IsString', 'IsNumeric', 'IsBoolean', 'IsTimestamp'])]: chance(random, 0.5) }),
    () => ({ Variable: oneOf(random, ['$.a', '$.one', '$.b']), [`Numeric${comparison(random)}`]: oneOf(random, [1, 0, -2.5, 3]) }),
    () => ({ Variable: oneOf(random, ['$.b', '$.e.f', '$.t', '$.a']), [`String${comparison(random)}`]: oneOf(random, ['text', '', 'a*b', 'deep']) }),
    () => ({ Variable: oneOf(random, ['$.b', '$.e.f', '$.t']), StringMatches: oneOf(random, ['*', 't*t', 'a*', '*deep', '2026-*-01T*']) }),
    () => ({ Variable: '$.c', BooleanEquals: chance(random, 0.5) }),
    () => ({ Variable: '$.t', [`Timestamp${comparison(random)}`]: oneOf(random, ['2026-01-01T00:00:00Z', '2028-01-01T00:00:00Z']) }),
    () => ({ Variable: '$.a', NumericEqualsPath: oneOf(random, ['$.one', '$.a']) }),
    () => ({ Variable: '$.b', StringEqualsPath: oneOf(random, ['$.e.f', '$.b']) }),
    () => ({ Variable: '$$.State.Name', StringEquals: oneOf(random, ['S0', 'S1']) }),
  ])();
}

function comparison(random) {
  return oneOf(random, ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals']);
}
