// Inputs of runs, as texts of JSON: right ones, ones that are nearly right, and any.
import fc from 'fast-check';
import { jsonWith, large, mostly, nameAmong, objectOf, scalar, text } from './json-text.mjs';
import { between, listOf, pick, weighted } from '../common/arbitraries.mjs';

const FIELDS = ['parameters', 'containerOverrides', 'arraySize', 'shareIdentifier', 'schedulingPriority', 'body', 'isBase64Encoded'];
const OVERRIDES = ['vcpus', 'memory', 'gpus', 'environment', 'command'];
const ALL = [...FIELDS, ...OVERRIDES, 'a', 'b', 'A', 'LONG', 'heavyBatchToken', 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID'];

const quoted = (arbitrary) => arbitrary.map((value) => JSON.stringify(value));

/** A text that reaches a container, sometimes one that is too long for a job. */
const plain = weighted([8, fc.string({ minLength: 1, maxLength: 15 })], [1, fc.tuple(pick('x', 'ü', '"'), between(1, 12_000)).map(([part, count]) => part.repeat(count))]);

/** One thing that is wrong among many that are right: it is not hidden by others. */
const nearly = (arbitrary, odd) => weighted([30, arbitrary], [1, odd]);

/** Pairs of a name and JSON, in any order. With `odd`, a name may be there twice. */
const members = (choices, odd) => odd
  ? listOf(fc.oneof(...choices), 0, 5).map(objectOf)
  : fc.uniqueArray(fc.oneof(...choices), { maxLength: choices.length, selector: ([name]) => name }).map(objectOf);

const member = (name, arbitrary) => arbitrary.map((json) => [name, json]);

const RIGHT_PARAMETERS = members([member('a', nearly(quoted(plain), scalar)), member('b', pick('1', '0.5', 'true', '"x"')), member('constructor', quoted(plain))], false);
const ODD_PARAMETERS = listOf(fc.tuple(nameAmong('a', 'b', '__proto__', 'constructor'), weighted([6, scalar], [1, jsonWith(...ALL)])), 0, 4).map(objectOf);

const RIGHT_ENVIRONMENT = members([member('A', nearly(quoted(plain), scalar)), member('LONG', quoted(plain)), member('__proto__', quoted(plain))], false);
const ODD_ENVIRONMENT = listOf(fc.tuple(nameAmong('A', 'LONG', 'AWS_BATCH_X', 'HEAVY_BATCH_RUN_ID', 'LD_PRELOAD', 'PATH'), scalar), 0, 4).map(objectOf);

const words = (arbitrary) => quoted(listOf(arbitrary, 1, 4));
const RIGHT_COMMAND = words(weighted([30, plain], [1, text], [10, pick('Ref::a', 'Ref::b', '-Ref::aRef::b')])); // b is empty by default: such an input may be refused

const RIGHT_OVERRIDES = members([
  member('vcpus', pick('1', '2', '0.5', '4')), member('memory', pick('512', '2048', '4096', '16384')), member('gpus', pick('1', '2')),
  member('environment', RIGHT_ENVIRONMENT), member('command', RIGHT_COMMAND),
], false);
const ODD_OVERRIDES = members([
  ...['vcpus', 'memory', 'gpus'].map((name) => member(name, mostly(scalar, ...ALL))),
  member('environment', mostly(ODD_ENVIRONMENT, ...ALL)),
  member('command', mostly(listOf(scalar, 0, 4).map((items) => `[${items.join()}]`), ...ALL)),
  fc.tuple(nameAmong(...OVERRIDES), scalar),
], true);

const SETTINGS = [
  [RIGHT_OVERRIDES, ODD_OVERRIDES, 'containerOverrides'],
  [pick('2', '10', '10000'), scalar, 'arraySize'],
  [pick('"team"', '"A1"'), scalar, 'shareIdentifier'],
  [pick('0', '1', '9999'), scalar, 'schedulingPriority'],
];
const right = SETTINGS.map(([arbitrary, other, name]) => member(name, nearly(arbitrary, other)));
const odd = SETTINGS.map(([, arbitrary, name]) => member(name, mostly(arbitrary, ...ALL)));

/** The body of an event, as JSON that the event holds: a text, Base64, or the object itself. */
const bodies = (parameters) => weighted(
  [3, parameters.map((json) => [['body', JSON.stringify(json)]])],
  [1, parameters.map((json) => [['body', json]])],
  [2, parameters.map((json) => [['body', JSON.stringify(Buffer.from(json).toString('base64'))], ['isBase64Encoded', 'true']])],
  [1, parameters.map((json) => [['body', JSON.stringify(` \n${json}\t`)], ['headers', '{"content-type":"application/json"}']])],
);
const oddBodies = weighted(
  [4, bodies(ODD_PARAMETERS)],
  [2, fc.tuple(fc.oneof(text, ODD_PARAMETERS, jsonWith(...ALL)), pick('true', 'false', '"true"', '1', 'null')).map(([body, flag]) => [['body', JSON.stringify(body)], ['isBase64Encoded', flag]])],
  // Base64 that is cut, that is of other letters, and of bytes that are no UTF-8
  [2, fc.tuple(fc.uint8Array({ maxLength: 30 }), pick('base64', 'base64url', 'latin1'), between(0, 3)).map(([bytes, encoding, cut]) => (
    [['body', JSON.stringify(Buffer.from(bytes).toString(encoding).slice(cut))], ['isBase64Encoded', 'true']]))],
  [1, fc.tuple(jsonWith(...ALL), jsonWith(...ALL)).map(([body, flag]) => [['body', body], ['isBase64Encoded', flag]])],
  [1, fc.tuple(pick('{}', '"{}"'), weighted([6, scalar], [1, large])).map(([body, flag]) => [['body', body], ['isBase64Encoded', flag]])],
);

const RIGHT = fc.tuple(
  weighted([3, fc.constant([])], [4, RIGHT_PARAMETERS.map((json) => [['parameters', json]])], [2, bodies(RIGHT_PARAMETERS)]),
  fc.uniqueArray(fc.oneof(...right), { maxLength: 2, selector: ([name]) => name }),
).map(([given, settings]) => objectOf([...given, ...settings]));

const ODD = fc.tuple(
  weighted([2, fc.constant([])], [3, mostly(ODD_PARAMETERS, ...ALL).map((json) => [['parameters', json]])], [3, oddBodies]),
  listOf(fc.oneof(...right, ...odd, fc.tuple(nameAmong(...FIELDS), scalar)), 0, 3),
).chain(([given, settings]) => fc.shuffledSubarray([...given, ...settings], { minLength: given.length + settings.length })).map(objectOf);

/** As a pipe and as a parent workflow hand an input over. */
const wrapped = (input) => weighted(
  [8, input],
  [1, input.map((json) => `[${json}]`)],
  [1, input.map((json) => `{"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":"arn:aws:states:us-east-1:1:execution:p:r"${json === '{}' ? '' : ','}${json.slice(1)}`)],
);

/** Texts of JSON. Those that are right may still have what their job does not have, or does not allow. */
export const runInputs = weighted(
  [400, wrapped(RIGHT)],
  [400, wrapped(ODD)],
  [100, jsonWith(...ALL)],
  [4, large],
);
