// What the JSONPath of the RFC has and Step Functions does not have, and where the interpreter differs.

/** Matched with `<name>: <selector>`. */
export const NOT_IN_STEP_FUNCTIONS = [
  { pattern: /^functions|\b(count|length|match|search|value)\(/, reason: 'functions of the RFC; Step Functions has intrinsic functions instead' },
  { pattern: /^whitespace/, reason: 'white space between the parts of a path' },
  { pattern: /multiple selectors|\[\?.*,\s*|,\s*\?/, reason: 'several selectors in one pair of brackets, of which one is a filter, or of different kinds' },
  { pattern: /\[-?\d*:-?\d*:(-\d+|0)\]$/, reason: 'slices that go backwards' },
  { pattern: /name selector, .*(escaped|surrogate|unicode|null|single quote|double quote)|string literal/, reason: 'escapes in names and texts' },
  { pattern: /^filter, (absolute|nested|non-singular)/, reason: 'filters in filters, and filters that read the whole document' },
];

/**
 * Step Functions has the paths of Jayway JsonPath, in which a number and a text are equal when their texts are:
 * https://states-language.net/spec.html#path, https://github.com/json-path/JsonPath
 */
const NUMBERS_AND_TEXTS = 'JsonPath takes 1 and "1" for equal, other than the RFC';
const NO_ORDER = 'JsonPath orders only numbers and texts: neither null nor a boolean is less than or equal to itself, other than in the RFC';
const ABSENT = 'in JsonPath, a field that is not there equals nothing, not even another that is not there';
const NAME_OR_INDEX = 'a condition takes a name that is a number and an index for the same; a document that has both is made up';

/** By the name of the test. A difference that does not occur any more is a failure. */
export const DIFFERENCES = {
  'filter, equals numeric string, single quotes': NUMBERS_AND_TEXTS,
  'filter, equals numeric string, double quotes': NUMBERS_AND_TEXTS,
  'filter, not-equals numeric string, single quotes': NUMBERS_AND_TEXTS,
  'filter, not-equals numeric string, double quotes': NUMBERS_AND_TEXTS,
  'filter, not-equals number': NUMBERS_AND_TEXTS,
  'filter, equals number': NUMBERS_AND_TEXTS,
  'filter, equals number, zero and negative zero': NUMBERS_AND_TEXTS,
  'filter, equals number, with and without decimal fraction': NUMBERS_AND_TEXTS,
  'filter, equals number, exponent': NUMBERS_AND_TEXTS,
  'filter, equals number, exponent upper e': NUMBERS_AND_TEXTS,
  'filter, equals number, positive exponent': NUMBERS_AND_TEXTS,
  'filter, equals number, exponent 0': NUMBERS_AND_TEXTS,
  'filter, equals number, exponent +0': NUMBERS_AND_TEXTS,
  'filter, equals number, exponent +00': NUMBERS_AND_TEXTS,
  'filter, equals number, decimal fraction': NUMBERS_AND_TEXTS,
  'filter, equals number, decimal fraction, trailing 0': NUMBERS_AND_TEXTS,
  'filter, equals number, decimal fraction, exponent': NUMBERS_AND_TEXTS,
  'filter, equals number, decimal fraction, positive exponent': NUMBERS_AND_TEXTS,
  'filter, equals number, negative zero and zero': NUMBERS_AND_TEXTS,
  'filter, equals number, negative exponent': NUMBERS_AND_TEXTS,
  'filter, equals number, exponent -0': NUMBERS_AND_TEXTS,
  'filter, equals number, exponent leading -0': NUMBERS_AND_TEXTS,
  'filter, equals number, decimal fraction, negative exponent': NUMBERS_AND_TEXTS,
  'filter, greater than number': NUMBERS_AND_TEXTS,
  'filter, greater than or equal to number': NUMBERS_AND_TEXTS,
  'filter, less than or equal to null': NO_ORDER,
  'filter, less than or equal to true': NO_ORDER,
  'filter, less than or equal to false': NO_ORDER,
  'filter, greater than or equal to null': NO_ORDER,
  'filter, greater than or equal to true': NO_ORDER,
  'filter, greater than or equal to false': NO_ORDER,
  'filter, equals, absent from index selector equals absent from name selector': ABSENT,
  'filter, equals, empty node list and empty node list': ABSENT,
  'filter, name segment on array, selects nothing': NAME_OR_INDEX,
  'filter, index segment on object, selects nothing': NAME_OR_INDEX,
};
