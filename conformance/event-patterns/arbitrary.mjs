// Generates event patterns and events. Names and values are few, so that matches are common, and values are often equal to what they are compared
// with. Among them are the edges: the empty text, 0, and the limits of numbers.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
import fc from 'fast-check';
import { listOf, pick, weighted } from '../common/arbitraries.mjs';

const DEPTH = 2;

/** EventBridge compares numbers from -5e9 to 5e9. event-ruler 1.8 compares larger ones, too: they are not generated. */
const number = weighted([5, pick(0, 1, 2, 2.5, -1)], [1, pick(5e9, -5e9, 0.000001, 4999999999.999999)]);
const text = weighted([9, pick('a', 'b', 'ab', 'A', 'a:b', 'a*b')], [1, fc.constant('')]);
const value = weighted([6, text], [5, number], [3, pick(true, false, null)]);
const wildcard = weighted([9, pick('*', 'a*', '*b', 'a*b', '*:*', 'a\\*b', '*a', 'a?b', 'ab')], [1, fc.constant('')]);

const numeric = weighted(
  [4, fc.tuple(pick('=', '<', '<=', '>', '>='), number)],
  [2, fc.tuple(pick('>', '>='), number, pick('<', '<='), number)]);

/** An object, in which each of the names exists with this probability in percent. */
const record = (percent, names, arbitrary) => {
  const fields = names.map((name) => weighted([100 - percent, fc.constant([])], [percent, arbitrary.map((field) => [[name, field]])]));
  return fc.tuple(...fields).map((entries) => Object.fromEntries(entries.flat()));
};
const rule = (name, arbitrary) => arbitrary.map((argument) => ({ [name]: argument }));

const eventOf = (depth) => record(75, ['v', 'w', 'x', 'y', 'z'], weighted(
  [60, value], [15, listOf(value, 0, 3)], ...depth < DEPTH ? [[25, fc.constant(undefined).chain(() => eventOf(depth + 1))]] : []));

const COMMON_RULES = [
  value,
  rule('prefix', text),
  rule('suffix', text),
  rule('exists', fc.boolean()),
  { weight: 3, arbitrary: rule('numeric', numeric) },
];

/**
 * event-ruler 1.8 matches too few events, or too many, where a key is compared both by wildcards or `anything-but` and without case. A
 * pattern has rules of one of these kinds.
 */
const SPECIAL_RULES = [
  [
    rule('anything-but', pick('a', ['a', 'ab'], '', ['', 'b'], 1, 0, [0, 2.5], 5e9)),
    rule('anything-but', pick({ prefix: 'a' }, { prefix: ['a', 'b'] }, { suffix: 'b' })),
    rule('wildcard', wildcard),
    rule('anything-but', rule('wildcard', fc.oneof(wildcard, fc.constant(['*:*', '*b'])))),
  ],
  [
    rule('prefix', rule('equals-ignore-case', text)),
    rule('suffix', rule('equals-ignore-case', text)),
    rule('equals-ignore-case', text),
    rule('anything-but', rule('equals-ignore-case', pick('a', ['a', 'AB']))),
  ],
];

const patternOf = (special, depth = 0) => {
  const rules = fc.oneof(...COMMON_RULES, ...special);
  const field = weighted([9, listOf(rules, 1, 2)], ...depth < DEPTH ? [[1, fc.constant(undefined).chain(() => patternOf(special, depth + 1))]] : []);
  const fields = record(33, ['x', 'y', 'z'], field).map((pattern) => Object.keys(pattern).length > 0 ? pattern : { x: ['a'] });
  if (depth > 0) return fields;
  // The keys of an $or are other ones: it is not documented what a key means that is both in an $or and beside it.
  const alternative = (name) => listOf(rules, 1, 1).map((list) => ({ [name]: list }));
  const second = fc.oneof(alternative('w'), fc.tuple(alternative('v'), alternative('w')).map(([v, w]) => ({ ...v, ...w })));
  const or = fc.tuple(alternative('v'), second).map((alternatives) => ({ $or: alternatives }));
  return fc.tuple(fields, weighted([85, fc.constant({})], [15, or])).map(([pattern, more]) => ({ ...pattern, ...more }));
};

/** `{pattern, events}`, with six events on average. */
export const question = fc.record({ pattern: fc.oneof(...SPECIAL_RULES.map((special) => patternOf(special))), events: listOf(eventOf(0), 1, 11) });
