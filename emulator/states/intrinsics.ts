import { createHash } from 'node:crypto';
import { argumentEnd } from './path-syntax';
import { textOf } from './payload';
import { TaskError } from './task-error';

/** The value of an intrinsic function, for example `States.Format('{}', $.a)`. https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html */
export function callIntrinsic(call: string, valueAt: (path: string) => unknown, random: () => number): unknown {
  const { value, end } = parse(call, 0, valueAt, random);
  if (call.slice(end).trim() !== '') throw failure(`'${call}' has text after its end`);
  return value;
}

/**
 * Parses and evaluates a function call, a text, a path, a number or a keyword. Returns its value, and where it ends.
 *
 * @param isTemplate whether a text keeps its backslashes: a template of `States.Format` tells an escaped brace from a placeholder by them
 */
function parse(text: string, from: number, valueAt: (path: string) => unknown, random: () => number, isTemplate = false): { value: unknown; end: number } {
  let at = skipSpaces(text, from);
  const rest = text.slice(at);
  const call = /^(States\.\w+)\(/.exec(rest);
  if (call) {
    at = skipSpaces(text, at + call[0].length);
    const args: unknown[] = [];
    while (text[at] !== ')') {
      const { value, end } = parse(text, at, valueAt, random, call[1] === 'States.Format' && args.length === 0);
      args.push(value);
      at = skipSpaces(text, end);
      if (text[at] === ',') at = skipSpaces(text, at + 1);
      else if (text[at] !== ')') throw failure(`'${text}' has a comma or a closing parenthesis too few`);
    }
    const intrinsic = INTRINSICS[call[1]];
    if (!intrinsic) throw failure(`'${call[1]}' is not an intrinsic function`);
    return { value: apply(call[1], () => intrinsic(args as any[], random)), end: at + 1 };
  }
  if (text[at] === "'") {
    const quoted = /^'((?:\\.|[^'\\])*)'/.exec(rest);
    if (!quoted) throw failure(`'${text}' has a text without a closing quote`);
    return { value: isTemplate ? quoted[1] : quoted[1].replace(/\\(.)/g, '$1'), end: at + quoted[0].length };
  }
  if (text[at] === '$') {
    const end = pathEnd(text, at);
    return { value: valueAt(text.slice(at, end).trim()), end };
  }
  const literal = /^(-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false|null)/.exec(rest);
  if (!literal) throw failure(`'${text}' has an argument that is neither a text, a path, a number nor a function`);
  return { value: JSON.parse(literal[0]), end: at + literal[0].length };
}

function pathEnd(text: string, from: number): number {
  try {
    return argumentEnd(text, from);
  } catch (error) {
    throw failure(`'${text}' has a path that cannot be read: ${(error as Error).message}`);
  }
}

/** A function that cannot do its work, for example with an argument of another type, fails the state and not the emulator. */
function apply(name: string, intrinsic: () => unknown): unknown {
  let value: unknown;
  try {
    value = intrinsic();
  } catch (error) {
    throw failure(`Invalid arguments in ${name}: ${(error as Error).message}`);
  }
  if (value === undefined) throw failure(`Invalid arguments in ${name}`);
  return value;
}

const INTRINSICS: Record<string, (args: any[], random: () => number) => unknown> = {
  'States.Format': ([template, ...values]) => {
    let next = 0;
    return String(template).replace(/\\([{}\\'])|\{\}/g, (_, escaped) => escaped ?? formatted(values[next++]));
  },
  // AWS answers null for a blank text, which is not JSON.
  'States.StringToJson': ([json]) => String(json).trim() === '' ? null : JSON.parse(json),
  'States.JsonToString': ([value]) => JSON.stringify(value),
  'States.Array': (values) => values,
  'States.ArrayPartition': ([list, size]) => Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size)),
  'States.ArrayContains': ([list, value]) => list.some((item: unknown) => JSON.stringify(item) === JSON.stringify(value)),
  'States.ArrayRange': ([from, to, step]) => Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, index) => from + index * step),
  'States.ArrayGetItem': ([list, index]) => list[index],
  'States.ArrayLength': ([list]) => list.length,
  'States.ArrayUnique': ([list]) => list.filter((item: unknown, index: number) => list.findIndex((other: unknown) => JSON.stringify(other) === JSON.stringify(item)) === index),
  'States.Base64Encode': ([value]) => Buffer.from(value).toString('base64'),
  'States.Base64Decode': ([value]) => Buffer.from(value, 'base64').toString(),
  'States.Hash': ([value, algorithm]) => createHash(algorithm.replace('-', '').toLowerCase()).update(textOf(value)).digest('hex'),
  'States.JsonMerge': ([a, b]) => ({ ...a, ...b }),
  'States.MathRandom': ([from, to], random) => Math.round(from) + Math.floor(random() * (Math.round(to) - Math.round(from))),
  // Each argument is rounded, and half a number is rounded up: 1.49 + 1.5 is 3.
  'States.MathAdd': ([a, b]) => Math.round(a) + Math.round(b),
  // Empty parts are left out.
  'States.StringSplit': ([value, separators]) => value.split(new RegExp(`[${separators.replace(/[\\\]^-]/g, '\\$&')}]`)).filter((part: string) => part !== ''),
  'States.UUID': (_, random) => '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const number = Math.floor(random() * 16);
    return (digit === '8' ? 8 + number % 4 : number).toString(16);
  }),
};

/** A value that is not a text is formatted as in Java: `{a=1, b=[x]}`. AWS does not document it; LocalStack took it from the service. */
function formatted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatted).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return textOf(value);
  return `{${Object.entries(value).map(([key, item]) => `${key}=${formatted(item)}`).join(', ')}}`;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

function failure(cause: string): TaskError {
  return new TaskError('States.IntrinsicFailure', cause);
}
