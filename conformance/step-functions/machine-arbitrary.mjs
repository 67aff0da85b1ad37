// Generates state machines in the JSONPath language, and what the function of their tasks returns.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
import fc from 'fast-check';
import { between, listOf, pick, weighted } from '../common/arbitraries.mjs';

const CALLS = 12;

/** What the rules compare is often equal, and often an edge: 0, the empty text, the empty list, the largest whole number, the same time. */
const input = pick(
  { a: 1, b: 'text', c: true, d: [3, 1, 3], e: { f: 'deep', g: [{ h: 1 }, { h: 2 }] }, n: null, t: '2026-01-01T00:00:00Z', one: 1 },
  { a: -2.5, b: 'a*b', c: false, d: [], e: { f: '', g: [{ h: 0 }] }, n: null, t: '2030-06-30T12:00:00Z', one: 1, more: 'x' },
  { a: 0, b: '', c: false, d: [0], e: { f: 'text', g: [{ h: 0 }, { h: 0 }] }, n: null, t: '2028-01-01T00:00:00Z', one: 1 },
  { a: 9007199254740991, b: 'text', c: true, d: [1, 1], e: { f: 'text', g: [{ h: 1 }] }, n: null, t: '2026-01-01T00:00:00Z', one: 1, more: '' },
);

const errorName = pick('E1', 'E2', 'E3');

const call = weighted(
  [55, pick(1, 'done', null, { x: [1, { y: 2 }] }, [], true).map((answer) => ({ answer }))],
  [37, errorName.map((errorType) => ({ errorType, errorMessage: 'reason' }))],
  [8, fc.constant({ refusal: 'TooManyRequestsException', status: 429 })],
);

/** An object with the fields of the arbitrary, or without any; the percentage is that of the fields. */
const maybe = (percent, fields) => weighted([100 - percent, fc.constant({})], [percent, fields]);

const record = (fields) => fc.record(fields);
const merged = (...parts) => fc.tuple(...parts).map((objects) => Object.assign({}, ...objects));

const path = pick('$.a', '$.b', '$.c', '$.d', '$.e', '$.e.f', '$.e.g[0]', "$['b']", '$.n', '$.t', '$.d[0:2]', '$.e.g[*].h', '$.missing');

const intrinsic = pick(
  "States.Format('{} and {}', $.a, $.b)", "States.Format('no but {}', $.c)", "States.Format('{}', $.e)",
  'States.JsonToString($.e)', "States.StringToJson('[1, {\"a\": null}]')", 'States.Array($.a, $.b, true, 15)', 'States.Array()',
  'States.ArrayPartition($.d, 2)', 'States.ArrayContains($.d, 3)', 'States.ArrayContains($.d, $.a)', 'States.ArrayRange(1, 9, 2)', 'States.ArrayGetItem($.e.g, 0)',
  'States.ArrayLength($.d)', 'States.ArrayUnique($.d)', "States.Base64Encode('some text')", "States.Base64Decode('c29tZSB0ZXh0')",
  "States.Hash('text', 'SHA-256')", "States.Hash($.b, 'MD5')",
  "States.JsonMerge($.e, States.StringToJson('{\"f\": 2, \"z\": 3}'), false)", 'States.MathAdd($.one, -3)', "States.StringSplit('a,b;c', ',;')", "States.StringSplit('1.2.3', '.')",
  "States.Format('{}', States.ArrayLength(States.Array(1, $.a)))", 'States.ArrayGetItem(States.ArrayRange(0, 4, 1), 3)',
);

const contextPath = pick('$$.Execution.Name', '$$.State.Name', '$$.StateMachine.Name', '$$.Execution.Input.b');

const template = listOf(fc.oneof(
  pick(1, 'x', { 'deeper.$': '$.a' }, [{ 'in.$': '$.b' }, 2], null, true).map((value) => ['', value]),
  path.map((value) => ['.$', value]),
  intrinsic.map((value) => ['.$', value]),
  contextPath.map((value) => ['.$', value]),
), 1, 4).map((fields) => Object.fromEntries(fields.map(([suffix, value], index) => [`p${index}${suffix}`, value])));

const comparison = (name) => pick('Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals').map((operator) => `${name}${operator}`);

const compare = (variables, operator, values) => fc.tuple(pick(...variables), operator, values).map(([Variable, name, value]) => ({ Variable, [name]: value }));

const simpleRule = fc.oneof(
  compare(['$.a', '$.missing', '$.e.f', '$.e.missing.deep', '$.n', '$.d[0]', '$.more'], pick('IsPresent'), fc.boolean()),
  compare(['$.a', '$.b', '$.c', '$.d', '$.n', '$.t'], pick('IsNull', 'IsString', 'IsNumeric', 'IsBoolean', 'IsTimestamp'), fc.boolean()),
  { weight: 3, arbitrary: compare(['$.a', '$.one', '$.b'], comparison('Numeric'), pick(1, 0, -2.5, 3, 9007199254740991)) },
  { weight: 3, arbitrary: compare(['$.b', '$.e.f', '$.t', '$.a'], comparison('String'), pick('text', '', 'a*b', 'deep')) },
  compare(['$.b', '$.e.f', '$.t'], pick('StringMatches'), pick('*', 't*t', 'a*', '*deep', '2026-*-01T*', '', 'text', 'text*', '*text')),
  compare(['$.c'], pick('BooleanEquals'), fc.boolean()),
  { weight: 2, arbitrary: compare(['$.t'], comparison('Timestamp'), pick('2026-01-01T00:00:00Z', '2028-01-01T00:00:00Z', '2030-06-30T12:00:00Z')) },
  compare(['$.a'], comparison('Numeric').map((name) => `${name}Path`), pick('$.one', '$.a')),
  compare(['$.b'], comparison('String').map((name) => `${name}Path`), pick('$.e.f', '$.b')),
  compare(['$$.State.Name'], pick('StringEquals'), pick('S0', 'S1')),
);

const combined = (rule) => weighted([7, simpleRule], [2, fc.tuple(pick('And', 'Or'), listOf(rule, 2, 2)).map(([name, rules]) => ({ [name]: rules }))], [1, rule.map((inner) => ({ Not: inner }))]);

const rule = combined(combined(simpleRule));

const resultPath = (name, ...more) => weighted([3, fc.constant(`$.${name}`)], [3 + more.length, pick('$.e.result', null, '$.e.x.y', ...more)]).map((ResultPath) => ({ ResultPath }));

const paths = merged(maybe(10, record({ InputPath: pick('$.e', '$', null) })), maybe(8, record({ OutputPath: pick('$', null) })));

const comment = maybe(10, fc.constant({ Comment: 'reason' }));

/** `Retry` or `Catch`: entries for some errors by name, then perhaps one for all others. */
const handlers = (fields) => {
  const named = merged(record({ ErrorEquals: listOf(errorName, 1, 2) }), fields);
  const rest = merged(record({ ErrorEquals: pick('States.ALL', 'States.TaskFailed').map((name) => [name]) }), fields);
  return fc.tuple(listOf(named, 0, 2), rest, fc.boolean()).map(([entries, last, hasLast]) => hasLast || entries.length === 0 ? [...entries, last] : entries);
};

const retry = handlers(merged(
  record({ IntervalSeconds: fc.constant(1), MaxAttempts: between(0, 2), BackoffRate: fc.constant(1) }), maybe(30, fc.constant({ JitterStrategy: 'FULL' }))));

const CONTEXT = { 'executionName.$': '$$.Execution.Name', 'state.$': '$$.State.Name', 'retries.$': '$$.State.RetryCount' };

const pass = (name, next) => merged(
  fc.constant({ Type: 'Pass' }), comment, paths,
  fc.oneof(fc.constant({}), record({ Result: pick(1, 'r', { r: [1] }, null, []) }), record({ Parameters: template })),
  weighted([8, resultPath(name)], [2, resultPath(name, '$.b.x', '$.d.x')]), next,
);

const wait = (next) => merged(fc.constant({ Type: 'Wait' }), pick({ Seconds: 1 }, { SecondsPath: '$.one' }, { Timestamp: '2020-01-01T00:00:00Z' }), next);

const succeed = merged(fc.constant({ Type: 'Succeed' }), comment, paths);

const fail = merged(fc.constant({ Type: 'Fail' }), pick(
  { Error: 'E', Cause: 'reason' }, { Error: 'E' }, { ErrorPath: '$.b', CausePath: "States.Format('{}/{}', $.a, $.e.f)" }, { Error: 'E', CausePath: '$.b' }));

const choice = (later) => merged(
  fc.constant({ Type: 'Choice' }),
  record({ Choices: listOf(merged(rule, record({ Next: later })), 1, 3) }),
  maybe(85, record({ Default: later })),
);

const task = (name, next, later) => merged(
  fc.constant({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' }),
  maybe(40, record({ given: template })).map((given) => ({ Parameters: { FunctionName: 'function', Payload: { ...CONTEXT, ...given } } })),
  record({ ResultSelector: pick({ 'payload.$': '$.Payload' }, { 'status.$': '$.StatusCode', 'kept': 1 }, { 'list.$': "States.Array($.Payload, 'x')" }) }),
  weighted([8, resultPath(name)], [2, resultPath(name, '$')]),
  maybe(60, record({ Retry: retry })),
  later ? maybe(60, record({ Catch: handlers(merged(record({ Next: later }), pick({}, { ResultPath: '$.error' }, { ResultPath: null }))) })) : fc.constant({}),
  next,
);

function stateOf(name, laterNames) {
  if (laterNames.length === 0) {
    const end = fc.constant({ End: true });
    return fc.oneof(succeed, pass(name, end), task(name, end), fail);
  }
  const later = pick(...laterNames);
  const next = weighted([9, record({ Next: later })], [1, fc.constant({ End: true })]);
  return weighted([3, pass(name, next)], [2, choice(later)], [3, task(name, next, later)], [1, wait(next)], [1, fail]);
}

/** `{definition, input, calls}`: a state goes to later states only, so that every execution ends. */
export const machine = between(2, 6).chain((count) => {
  const names = Array.from({ length: count }, (_, index) => `S${index}`);
  return record({
    definition: record(Object.fromEntries(names.map((name, index) => [name, stateOf(name, names.slice(index + 1))]))).map((States) => ({ StartAt: 'S0', States })),
    input,
    calls: listOf(call, CALLS, CALLS),
  });
});
