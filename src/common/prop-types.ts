import { Duration, Size, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { alternatives, refuse } from './validation';

/** What is wrong with a value, and where in it: `[1]` or `.name`. */
interface Fault {
  readonly place: string;
  readonly message: string;
}

/** Finds what the type of a prop does not allow. The compiler finds it too, but not in plain JavaScript, and not behind a cast. */
export interface PropType {
  (value: unknown): Fault | undefined;
  readonly isRequired?: boolean;
  /** Whether a list of it can be a token: `Token.asList` makes lists of texts. */
  readonly isText?: boolean;
}

/** The type of each prop of an interface. The compiler reports a prop that is missing. */
export type PropTypes<T> = { readonly [prop in keyof Required<T>]: PropType };

/** Refuses props of another type, and tokens in a unit that cannot be converted. */
export function validateTypes<T extends object>(scope: IConstruct, props: T, types: PropTypes<T>): void {
  const found = options(types)(props);
  if (found) refuse(scope, found.place.slice(1) || 'props', found.message);
}

const fault = (message: string, place = ''): Fault => ({ place, message });
const isToken = (value: unknown) => typeof value !== 'number' && Token.isUnresolved(value);

/** The fault of a value that is not of a type, or that is missing. */
function notOf(article: string, value: unknown, remedy: string): Fault {
  return fault(value === undefined ? `is missing; use ${remedy}` : `is ${shown(value)}, which is not ${article}; use ${remedy}`);
}

function typeOf(article: string, holds: (value: any) => boolean, remedy: (value: unknown) => string): PropType {
  return (value) => isToken(value) || holds(value) ? undefined : notOf(article, value, remedy(value));
}

/** A wrong value as it is shown in a message, shortened. */
function shown(value: unknown): string {
  const text = typeof value === 'object' && value !== null && !Array.isArray(value) && value.constructor !== Object
    ? `an object of the class ${value.constructor?.name}`
    : JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The number that was meant by a number or by a text with digits. */
const numberIn = (value: unknown) => /^-?\d+(\.\d+)?$/.test(String(value)) && !Array.isArray(value) ? Number(value) : undefined;
/** The text that was meant by a number or a flag. */
const textIn = (value: unknown) => typeof value === 'number' || typeof value === 'boolean' ? `, such as ${JSON.stringify(String(value))}` : '';

export const NUMBER = typeOf('a number', (value) => typeof value === 'number', (value) => `a number, such as ${numberIn(value) ?? 2}`);
export const FLAG = typeOf('true or false', (value) => typeof value === 'boolean', () => 'true or false');
export const TEXT = Object.assign(typeOf('a text', (value) => typeof value === 'string', (value) => `a text${textIn(value)}`), { isText: true });

/** A member of an enum, whose values are texts or numbers. */
export function memberOf(members: { readonly [name: string]: string | number }): PropType {
  const values = Object.values(members).filter((value) => typeof members[value] !== 'number'); // an enum of numbers has its names among its values
  const isText = typeof values[0] === 'string';
  const type = isText ? TEXT : NUMBER;
  const isMember = (value: unknown) => Token.isUnresolved(value) || values.includes(value as string | number);
  return Object.assign((value: unknown) => type(value)
    ?? (isMember(value) ? undefined : fault(`is ${shown(value)}; use ${alternatives(values)}`)), { isText });
}

/** An object of a class or interface of the CDK. A message has an example of how to get one. */
export function object(example: (value: string) => string): PropType {
  return typeOf('an object', isObject, (value) => example(typeof value === 'string' ? value : '...'));
}

/** A duration whose token has the unit in which CloudFormation or the library needs it. */
export function duration(unit: 'seconds' | 'minutes' | 'days'): PropType {
  const convert = {
    seconds: (value: Duration) => value.toSeconds(),
    minutes: (value: Duration) => value.toMinutes(),
    days: (value: Duration) => value.toDays(),
  };
  return measure(`Duration.${unit}`, (value) => typeof value?.toSeconds === 'function', convert[unit]);
}

/** A size whose token has the unit in which CloudFormation or the library needs it. */
export function size(unit: 'mebibytes' | 'gibibytes'): PropType {
  const convert = { mebibytes: (value: Size) => value.toMebibytes(), gibibytes: (value: Size) => value.toGibibytes() };
  return measure(`Size.${unit}`, (value) => typeof value?.toMebibytes === 'function', convert[unit]);
}

function measure<T extends { isUnresolved(): boolean }>(factory: string, holds: (value: any) => boolean, convert: (value: T) => number): PropType {
  const [className] = factory.split('.');
  return (value) => {
    if (!holds(value)) return notOf(`a ${className}`, value, `a ${className}, such as ${factory}(${numberIn(value) ?? '...'})`);
    if (!(value as T).isUnresolved()) return undefined;
    try {
      convert(value as T);
      return undefined;
    } catch {
      return fault(`is a token in another unit, and a token cannot be converted; use ${factory}(...)`);
    }
  };
}

export interface ListRules {
  /** What to do about an empty list. Undefined where it is accepted. */
  readonly empty?: string;
  /** Whether the elements of texts are needed at synth, too. Those of other lists always are. */
  readonly elements?: boolean;
}

export function listOf(element: PropType, { empty, elements = false }: ListRules = {}): PropType {
  return (value) => {
    if (isToken(value)) return element.isText && !elements ? undefined : fault('is a token, but its elements are needed at synth; use a list, whose elements may be tokens');
    if (!Array.isArray(value)) {
      const example = typeof value === 'string' ? `, such as ${JSON.stringify(value.split(' '))}` : '';
      return notOf('a list', value, `a list${example}`);
    }
    if (value.length === 0 && empty !== undefined) return fault(`is an empty list; ${empty}`);
    return firstFault(value.map((each, index) => [`[${index}]`, each, element]));
  };
}

const TOKEN_OF_NAMES = 'is a token, but its names are needed at synth; use an object, whose values may be tokens';

export function mapOf(element: PropType): PropType {
  return (value) => {
    if (isToken(value)) return fault(TOKEN_OF_NAMES);
    if (!isObject(value)) return notOf('an object', value, 'an object, such as { name: ... }');
    return firstFault(Object.entries(value).map(([name, each]) => [`.${name}`, each, element]));
  };
}

/** A prop that cannot be left out. */
export function required(type: PropType): PropType {
  return Object.assign((value: unknown) => type(value), { isRequired: true });
}

/** A prop that cannot be a token. */
export function atSynth(type: PropType): PropType {
  return (value) => Token.isUnresolved(value) ? fault('is a token, but it is needed at synth; use a value that is known') : type(value);
}

/** An object of plain options, such as `fairShare`. */
export function options<T>(types: PropTypes<T>): PropType {
  return (value) => {
    if (isToken(value)) return fault(TOKEN_OF_NAMES);
    if (!isObject(value)) return notOf('an object', value, 'an object of options');
    const given = (Object.keys(types) as (keyof T & string)[]).filter((name) => (value as T)[name] !== undefined || types[name].isRequired);
    return firstFault(given.map((name) => [`.${name}`, (value as T)[name], types[name]]));
  };
}

function firstFault(parts: [place: string, value: unknown, type: PropType][]): Fault | undefined {
  for (const [place, value, check] of parts) {
    const found = value === null ? fault('is null; leave it out') : check(value);
    if (found) return { place: place + found.place, message: found.message };
  }
  return undefined;
}
