import * as fc from 'fast-check';
import { printable, textFault, variableNameFault, variableValueFault, wordFault } from '../../src/contract/container-text';

const NUL = 'has a NUL character, which no container can receive; leave it out';
const HALF = 'has half of a surrogate pair, which is not a character; leave it out, or use both halves';
const NO_NAME = "is not a name for an environment variable; use characters other than '=' and NUL";

test.each([
  ['', undefined],
  ['plain', undefined],
  ['a line\nand a tab\t', undefined],
  ['both halves \u{1F600}', undefined],
  ['a\0b', NUL],
  ['half \uD83D', HALF],
  ['the other half \uDE00', HALF],
])('a text %j: %s', (text, fault) => {
  expect(textFault(text)).toBe(fault);
});

test.each([
  ['SIZE', undefined],
  ['with.dots and spaces', undefined],
  ['MY_AWS_BATCH', undefined],
  ['A_HEAVY_BATCH_', undefined],
  ['HEAVY_BATCH', undefined],
  ['', NO_NAME],
  ['A=B', NO_NAME],
  ['A\0', NO_NAME],
  ['\uD83D', NO_NAME],
  ['AWS_BATCH_JOB_ID', 'begins with AWS_BATCH, which AWS Batch reserves; use another name'],
  ['AWS_BATCHES', 'begins with AWS_BATCH, which AWS Batch reserves; use another name'],
  ['HEAVY_BATCH_RESULT', 'begins with HEAVY_BATCH_, which is reserved for the variables that a run sets; use another name'],
])('a variable named %j: %s', (name, fault) => {
  expect(variableNameFault(name)).toBe(fault);
});

test.each([
  [variableValueFault, 'is empty, and AWS Batch ignores a variable without a value; give it a value that stands for nothing, or leave it out'],
  [wordFault, 'is empty, and AWS Batch accepts no empty words; leave it out, or give it a value that stands for nothing'],
])('an empty text is refused, as is one that no container can receive: %p', (faultOf, empty) => {
  expect([' ', 'value', '', '\0', '\uD83D'].map(faultOf)).toEqual([undefined, undefined, empty, NUL, HALF]);
});

test('a text is shown without line breaks and control characters, and can be read again', () => {
  expect(printable('a\n"b"\0')).toBe('a\\n\\"b\\"\\u0000');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    expect(printable(text)).not.toMatch(/[\0-\x1F]/);
    expect(JSON.parse(`"${printable(text)}"`)).toBe(text);
  }));
});
