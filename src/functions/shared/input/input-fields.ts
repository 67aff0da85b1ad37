import { printable, textFault, variableNameFault, variableValueFault, wordFault } from '../../../contract/container-text';
import { INVALID_INPUT } from '../../../contract/errors';
import { isObject } from '../../../contract/json-text';
import type { Range } from '../../../contract/limits';

/** The run's input is wrong. The name of this error is the error of the failed run, and the state machine does not retry it. */
export class InvalidInput extends Error {
  readonly name = INVALID_INPUT;
  /** Without the places in the code: Lambda would put them into the cause of the run. */
  readonly stack = `${INVALID_INPUT}: ${this.message}`;

  /** @param field what is wrong, where it is one field */
  constructor(message: string, readonly field?: string) {
    super(message);
  }
}

/** Reads the value of a field. Throws `InvalidInput`, which names the field and says what would do. */
export type Reader<T> = (value: unknown, field: string) => T;

/**
 * The most characters of a field and of what is said about it. Both may quote the input, and an error that is as long as its input could be more than Step Functions
 * accepts of a task: the run would fail with States.DataLimitExceeded, and nobody would know why.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const [FIELD_CHARACTERS, MESSAGE_CHARACTERS] = [256, 2_000];

export function refuse(field: string, message: string): never {
  throw new InvalidInput(`'${cut(printable(field), FIELD_CHARACTERS)}' ${cut(message, MESSAGE_CHARACTERS)}`, field);
}

/** A value of a field as a message shows it. JSON of a value with thousands of levels is more than a call stack holds. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return cut(`"${printable(value)}"`, FIELD_CHARACTERS);
  return typeof value === 'object' ? kindOf(value) : String(value);
}

/** A text of at most so many characters, on one line, without what a terminal would not show: https://www.unicode.org/reports/tr44/#General_Category_Values */
function cut(text: string, most: number): string {
  const whole = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return whole.length <= most ? whole : `${whole.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`; // not half of a surrogate pair
}

/** `undefined` for a field that is not there. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, field) => value === undefined ? undefined : read(value, field);
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** An object without other fields than these. `path` is empty for the input itself. */
export function fieldsOf(value: unknown, path: string, fields: readonly string[], alsoAllowed: readonly string[] = []): Record<string, unknown> {
  if (!isObject(value)) refuse(path, `is ${kindOf(value)}, not an object`);
  const unknown = Object.keys(value).find((field) => !fields.includes(field) && !alsoAllowed.includes(field));
  if (unknown !== undefined) refuse(path ? `${path}.${unknown}` : unknown, `is not a field of a run's input; the fields are ${fields.join(', ')}`);
  return value;
}

/** In Batch, environment variables and parameters are text. A boolean is passed on as its text, and so is a number whose text is certain. */
export const text: Reader<string> = (value, field) => {
  if (typeof value === 'number') return numberText(value) ?? refuse(field, `is the number ${Object.is(value, -0) ? '-0' : value}, which may have been written in another way; quote it, so that it is passed on as it is`);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') refuse(field, 'is not text, a number or a boolean');
  return accepted(value, field, textFault(value));
};

/**
 * The text of a number, as it was surely written. Undefined for a number that may have lost digits when JSON was read, and for one that
 * JavaScript writes with an exponent. A number has at least 15 exact digits: https://en.wikipedia.org/wiki/Double-precision_floating-point_format
 */
function numberText(value: number): string | undefined {
  const written = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(written) || Object.is(value, -0)) return undefined;
  if (Number.isInteger(value)) return Number.isSafeInteger(value) ? written : undefined;
  return written.replace(/^-?[0.]*|\./g, '').length <= 15 ? written : undefined;
}

/** Names and values. Any name that JSON can have is kept, also `__proto__`. */
export function namesOf(value: unknown, field: string): [string, unknown][] {
  if (!isObject(value)) refuse(field, 'is not an object of names and values');
  return Object.keys(value).map((name) => [name, value[name]]);
}

export const parameters: Reader<Record<string, string>> = (value, field) => (
  Object.fromEntries(namesOf(value, field).map(([name, given]) => [name, text(given, `${field}.${name}`)]))
);

export const environment: Reader<Record<string, string>> = (value, field) => Object.fromEntries(namesOf(value, field).map(([name, given]) => {
  const path = `${field}.${name}`;
  accepted(name, path, variableNameFault(name));
  const read = text(given, path);
  return [name, accepted(read, path, variableValueFault(read))];
}));

export const command: Reader<string[]> = (value, field) => {
  if (!Array.isArray(value)) refuse(field, 'is not a list of words');
  if (value.length === 0) refuse(field, 'is empty; give it a word, or leave it out');
  return value.map((word, index) => {
    const path = `${field}.${index}`;
    if (typeof word !== 'string') refuse(path, 'is not text');
    return accepted(word, path, wordFault(word));
  });
};

/** A number with both ends in a range. `more` says why there is no more. */
export function wholeNumber({ least, most }: Range, { unit = '', tooLittle = '', tooMuch = '' } = {}): Reader<number> {
  const units = unit && ` of ${unit}`;
  return (value, field) => {
    if (typeof value !== 'number') refuse(field, `is not a number${units}`);
    if (!Number.isInteger(value)) refuse(field, `is not a whole number${units}: it is ${value}`);
    if (value < least) refuse(field, `is less than ${least}${unit && ` ${unit}`}${tooLittle}: it is ${value}`);
    if (value > most) refuse(field, tooMuch ? `is ${tooMuch}: it is ${value}` : `is more than ${most.toLocaleString('en')}: it is ${value}`);
    return value;
  };
}

function accepted(value: string, field: string, fault: string | undefined): string {
  return fault === undefined ? value : refuse(field, fault);
}
