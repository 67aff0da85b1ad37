import { IConstruct } from 'constructs';
import type { HeavyBatchApiParameter } from './api-props';
import { HeavyBatchApiValueType } from './api-value-type';
import { refuse } from '../common/validation';

const { TEXT, INTEGER, NUMBER, BOOLEAN } = HeavyBatchApiValueType;

/** For which types a keyword has a meaning: https://json-schema.org/draft/2020-12/json-schema-validation#name-a-vocabulary-for-structural */
const TYPES_OF_KEYWORDS = {
  pattern: [TEXT],
  minLength: [TEXT],
  maxLength: [TEXT],
  minimum: [INTEGER, NUMBER],
  maximum: [INTEGER, NUMBER],
  allowedValues: [TEXT, INTEGER, NUMBER, undefined],
} as const satisfies { readonly [keyword in keyof HeavyBatchApiParameter]?: readonly (HeavyBatchApiValueType | undefined)[] };

/** The most characters of a text that is matched with a pattern, since some patterns take long with a long text. */
const MOST_WITH_PATTERN = 1_024;

/** The most characters of a parameter. Undefined where it has no limit of its own. */
export function mostCharacters({ maxLength, pattern }: HeavyBatchApiParameter): number | undefined {
  return maxLength ?? (pattern === undefined ? undefined : MOST_WITH_PATTERN);
}

/**
 * Refuses what contradicts itself, and a default value of the job that its own callers could not give.
 *
 * @param place where the parameter is in the props
 * @param defaultValue undefined where it is not known
 */
export function validateParameter(scope: IConstruct, place: string, parameter: HeavyBatchApiParameter, defaultValue: string | undefined): void {
  validateKeywords(scope, place, parameter);
  validateBounds(scope, place, parameter);
  const { allowedValues, pattern, required } = parameter;
  if (pattern !== undefined) {
    const fault = patternFault(pattern);
    if (fault) refuse(scope, `${place}.pattern`, `is '${pattern}', which is no regular expression with the flag u: ${fault}; use another one`);
  }
  allowedValues?.forEach((value, index) => {
    if (allowedValues.indexOf(value) < index) refuse(scope, `${place}.allowedValues`, `has '${value}' twice; leave one of them out`);
    const fault = valueFault(value, { ...parameter, allowedValues: undefined });
    if (fault) refuse(scope, `${place}.allowedValues[${index}]`, `is '${value}', which ${fault}; use another value`);
  });
  if (required || defaultValue === undefined) return;
  const fault = valueFault(defaultValue, parameter);
  if (fault) {
    refuse(scope, place, `does not accept the job's own default value '${defaultValue}', which ${fault}; use another default value in the 'parameters' of the job, or set 'required' to true`);
  }
}

function validateKeywords(scope: IConstruct, place: string, parameter: HeavyBatchApiParameter): void {
  for (const [keyword, types] of Object.entries(TYPES_OF_KEYWORDS) as [keyof typeof TYPES_OF_KEYWORDS, readonly (HeavyBatchApiValueType | undefined)[]][]) {
    if (parameter[keyword] === undefined || types.includes(parameter.valueType)) continue;
    const names = types.filter((type) => type !== undefined).join(' or ');
    refuse(scope, `${place}.${keyword}`, `is ${JSON.stringify(parameter[keyword])}, but 'valueType' is ${parameter.valueType ?? 'not set'}; set 'valueType' to ${names}, or leave '${keyword}' out`);
  }
}

function validateBounds(scope: IConstruct, place: string, parameter: HeavyBatchApiParameter): void {
  const { valueType, minimum, maximum, minLength, maxLength } = parameter;
  for (const [name, value, isWhole] of [['minimum', minimum, valueType === INTEGER], ['maximum', maximum, valueType === INTEGER], ['minLength', minLength, true], ['maxLength', maxLength, true]] as const) {
    if (value === undefined) continue;
    if (!Number.isFinite(value) || (isWhole && !Number.isSafeInteger(value))) refuse(scope, `${place}.${name}`, `is ${value}; use a ${isWhole ? 'whole ' : ''}number`);
    if (name.endsWith('Length') && value < 0) refuse(scope, `${place}.${name}`, `is ${value}; use 0 or more`);
  }
  const crossed = (['minimum', 'maximum', minimum, maximum] as const);
  const crossedLengths = (['minLength', 'maxLength', minLength, mostCharacters(parameter)] as const);
  for (const [least, most, low, high] of [crossed, crossedLengths]) {
    if (low !== undefined && high !== undefined && low > high) refuse(scope, `${place}.${least}`, `is ${low}, but '${most}' is ${high}; use ${high} or less, or a larger '${most}'`);
  }
}

/** The validator of the function compiles a pattern so: https://github.com/cfworker/cfworker/tree/main/packages/json-schema */
function patternFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return String((error as Error).message).split(': ').at(-1);
  }
}

/** What is wrong with a value. Undefined if a caller may give it. */
function valueFault(value: string, parameter: HeavyBatchApiParameter): string | undefined {
  const { valueType, allowedValues, pattern, minimum, maximum, minLength } = parameter;
  if (valueType === BOOLEAN && value !== 'true' && value !== 'false') return 'is neither true nor false';
  if (valueType === INTEGER || valueType === NUMBER) {
    const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : NaN;
    if (!Number.isFinite(number)) return 'is no number';
    if (valueType === INTEGER && !Number.isSafeInteger(number)) return 'is no whole number';
    if (minimum !== undefined && number < minimum) return `is less than the 'minimum' of ${minimum}`;
    if (maximum !== undefined && number > maximum) return `is more than the 'maximum' of ${maximum}`;
    return allowedValues && !allowedValues.map(Number).includes(number) ? "is not among 'allowedValues'" : undefined;
  }
  const { length } = [...value];
  const maxLength = mostCharacters(parameter);
  if (minLength !== undefined && length < minLength) return `has less than the 'minLength' of ${minLength} characters`;
  if (maxLength !== undefined && length > maxLength) return `has more than the 'maxLength' of ${maxLength} characters`;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return `does not match the 'pattern' ${pattern}`;
  return allowedValues && !allowedValues.includes(value) ? "is not among 'allowedValues'" : undefined;
}
