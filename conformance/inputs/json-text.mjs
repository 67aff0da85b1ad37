// Texts of JSON, and not values: a text can have a name twice, -0, 1e400, digits that a number loses, and thousands of levels.
import fc from 'fast-check';
import { between, listOf, pick, weighted } from '../common/arbitraries.mjs';

/** Names that JavaScript gives a meaning. */
const NAMES_OF_OBJECTS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', 'toJSON'];

/** Code units, so that there are halves of surrogate pairs. */
const codeUnits = listOf(between(0, 0xffff), 0, 8).map((units) => String.fromCharCode(...units));

const ODD_TEXTS = [
  '', ' ', '\0', 'a\0b', '\ud800', 'x\udc00', '\u2028', '\u202e', '\u001b[2J', '\ufeff', '\r\n', '"', '\\', '\\u0000', '${a}', '$.a', 'Ref::', 'Ref::a', 'Ref::b', 'Ref::c',
  'Ref::aRef::b', 'Ref::heavyBatchToken', 'Ref::heavyBatchRun', 'Ref::__proto__', 'Ref::constructor', 'heavyBatchToken', 's3://bucket/key', 'NaN', 'null', '1e400',
];

export const text = weighted(
  [6, fc.string({ maxLength: 12 })],
  [2, fc.string({ unit: 'grapheme', maxLength: 12 })],
  [2, codeUnits],
  [3, pick(...ODD_TEXTS)],
  [1, fc.tuple(pick('a', 'ü', '😀', '\0', '"', 'Ref::a', '\u001b'), between(1, 3_000)).map(([part, count]) => part.repeat(count))],
);

/** A name: one of those that have a meaning, one that looks like it, or any. */
export const nameAmong = (...names) => weighted(
  [8, pick(...names)],
  [2, fc.tuple(pick(...names), pick(...LOOK_ALIKES)).map(([name, change]) => change(name))],
  [1, pick(...NAMES_OF_OBJECTS)],
  [2, text],
);

const LOOK_ALIKES = [
  (name) => `${name} `,
  (name) => name.toUpperCase(),
  (name) => `${name}\0`,
  (name) => name.replace('a', '\u0430'), // the Cyrillic letter
  (name) => `\u200b${name}`,
  (name) => `${name}.x`,
  (name) => name.slice(0, -1),
  (name) => `${name}s`,
];

const NUMBERS = [
  '0', '-0', '0.0', '1', '2', '4', '0.25', '0.5', '1.0', '1.5', '-1', '16', '512', '1024', '2048', '9999', '10000', '10001', '1e3', '1E+2', '2e-1', '1e400', '-1e400', '5e-324',
  '1e21', '0.1', '0.1000000000000000055511151231257827', '9007199254740991', '9007199254740993', '123456789012345678901234567890', '2147483648', '4294967296',
];
const number = weighted([6, pick(...NUMBERS)], [2, between(-5, 20_000).map(String)], [1, fc.double().map((value) => Number.isFinite(value) ? String(value) : '1e999')]);

export const scalar = weighted([5, text.map((value) => JSON.stringify(value))], [4, number], [1, pick('null', 'true', 'false')]);

/** An object with these members, in this order. */
export const objectOf = (members) => `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;

/** JSON in which these names occur often. */
export const jsonWith = (...names) => fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 4, withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: listOf(tie('json'), 0, 3).map((items) => `[${items.join()}]`) },
    { weight: 3, arbitrary: listOf(fc.tuple(nameAmong(...names), tie('json')), 0, 4).map(objectOf) }),
})).json;

/** JSON with very many levels, or with very many members. */
export const large = weighted(
  [2, fc.tuple(pick(['[', ']'], ['{"a":', '}'], ['[{"parameters":', '}]']), between(1, 30_000)).map(([[open, close], levels]) => `${open.repeat(levels)}1${close.repeat(levels)}`)],
  [1, fc.tuple(pick('1', '""', '{}', '"a"'), between(1, 5_000)).map(([item, count]) => `[${Array(count).fill(item).join()}]`)],
  [1, between(1, 3_000).map((count) => objectOf(Array.from({ length: count }, (_, index) => [`name${index}`, '1'])))],
  [1, between(1, 3_000).map((count) => objectOf(Array(count).fill(['a', '"x"'])))],
  [3, between(1, 100_000).map((length) => objectOf([['k'.repeat(length), '1']]))],
);

/** Mostly the first, else anything. Large values are rare, since they take long to make. */
export const mostly = (arbitrary, ...names) => weighted([300, arbitrary], [60, jsonWith(...names)], [2, large]);
