// What the JSONPath of the RFC has and Step Functions does not have, and where the interpreter differs.

/** Matched with `<name>: <selector>`. */
export const NOT_IN_STEP_FUNCTIONS = [
  { pattern: /^functions|\b(count|length|match|search|value)\(/, reason: 'functions of the RFC; Step Functions has intrinsic functions instead' },
  { pattern: /^whitespace/, reason: 'white space between the parts of a path' },
  { pattern: /multiple selectors|\[\?.*,\s*|,\s*\?/, reason: 'several selectors in one pair of brackets, of which one is a filter, or of different kinds' },
  { pattern: /negative step|zero step|small step|-\d+\]$/, reason: 'slices that go backwards' },
  { pattern: /name selector, .*(escaped|surrogate|unicode|null|single quote|double quote)|string literal/, reason: 'escapes in names and texts' },
  { pattern: /\[\?.*\[\?|absolute|\$.*\?.*\$|nested|non-singular/, reason: 'filters in filters, and filters that read the whole document' },
];

/**
 * Step Functions has the paths of Jayway JsonPath, in which a number and a text are equal when their texts are:
 * https://states-language.net/spec.html#path, https://github.com/json-path/JsonPath
 */
const NUMBERS_AND_TEXTS = 'JsonPath takes 1 and "1" for equal, other than the RFC';
/** The interpreter evaluates the condition of a filter with jsonpath-plus, as an expression of JavaScript. */
const NULL_OR_ABSENT = 'a condition takes null, false and an absent field for the same; no state of a job filters, and a filter of a caller is for values that are there';
const WHOLE_ELEMENT = 'a condition on the element itself, not on a field of it, is refused; the execution fails and says so';
const DEEP = 'a condition does not compare lists and objects; no state of a job filters';
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
  'filter, existence, present with null': NULL_OR_ABSENT,
  'filter, equals null, absent from data': NULL_OR_ABSENT,
  'filter, not-equals null, absent from data': NULL_OR_ABSENT,
  'filter, exists and exists, data false': NULL_OR_ABSENT,
  'filter, exists or exists, data false': NULL_OR_ABSENT,
  'filter, not exists, data null': NULL_OR_ABSENT,
  'filter, existence, without segments': WHOLE_ELEMENT,
  'filter, equals self': WHOLE_ELEMENT,
  'filter, object data': WHOLE_ELEMENT,
  'filter, deep equality, arrays': DEEP,
  'filter, deep equality, objects': DEEP,
  'filter, name segment on array, selects nothing': NAME_OR_INDEX,
  'filter, index segment on object, selects nothing': NAME_OR_INDEX,
};
