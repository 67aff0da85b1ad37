import type { FieldError } from '../api/errors';
import type { Schema } from '../api/types';

/** What a field of the form is. `mixed` takes a text, a number or a boolean, and sends a text: a parameter of AWS Batch is one. */
export type FieldKind = 'choice' | 'number' | 'integer' | 'boolean' | 'text' | 'mixed';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly schema: Schema;
}

/** The fields of a job's parameters. Undefined where the document does not know them: they are written as JSON. */
export function fieldsOf({ properties, required = [] }: Schema): Field[] | undefined {
  return properties && Object.entries(properties).map(([name, schema]) => ({ name, kind: kindOf(schema), required: required.includes(name), schema }));
}

function kindOf({ enum: values, type }: Schema): FieldKind {
  if (values) return 'choice';
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  return type === 'string' ? 'text' : 'mixed';
}

/** What may be given, in words: `a whole number from 1 to 10`. */
export function hintOf({ kind, schema: { minimum, maximum, minLength, maxLength, pattern } }: Field): string {
  const range = (least: number | undefined, most: number | undefined, unit = '') => {
    if (least === undefined && most === undefined) return '';
    if (least === undefined) return ` up to ${most}${unit}`;
    return most === undefined ? ` from ${least}${unit} on` : ` from ${least} to ${most}${unit}`;
  };
  if (kind === 'integer') return `a whole number${range(minimum, maximum)}`;
  if (kind === 'number') return `a number${range(minimum, maximum)}`;
  if (kind !== 'text') return '';
  const length = range(minLength, maxLength, ' characters');
  return length === '' && !pattern ? '' : `a text${length ? ` of${length.replace(' from', '')}` : ''}${pattern ? ` like ${pattern}` : ''}`;
}

export interface FormBody {
  /** JSON. Undefined where a value cannot be written as JSON. */
  readonly body?: string;
  readonly errors: readonly FieldError[];
}

/** The body of the request. A field that is empty is left out, and the job has its default for it. All else is for the API to judge. */
export function bodyOf(fields: readonly Field[], values: Readonly<Record<string, string>>): FormBody {
  const errors: FieldError[] = [];
  const members: string[] = [];
  for (const { name, kind, schema } of fields) {
    const text = textIn(values, name);
    if (text === '') continue;
    const wrong = kind === 'integer' || kind === 'number' ? wrongNumber(kind, text) : undefined;
    if (wrong) errors.push({ pointer: pointerTo(name), detail: `${name} ${wrong}` });
    else members.push(`${JSON.stringify(name)}:${JSON.stringify(valueOf(kind, schema, text))}`);
  }
  return errors.length > 0 ? { errors } : { body: `{${members.join()}}`, errors };
}

/** A parameter may have the name of something that every object has. */
export function textIn(values: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(values, name) ? values[name] : '';
}

/** Why a text cannot be sent as a number: a number of JSON loses digits without a word. */
function wrongNumber(kind: 'integer' | 'number', text: string): string | undefined {
  const value = Number(text);
  const digits = digitsOf(text.trim());
  if (digits === undefined || !Number.isFinite(value)) return 'is not a number';
  if (kind === 'integer' && Number.isInteger(value) && !Number.isSafeInteger(value)) return `is too long for a number of JSON; use at most ${Number.MAX_SAFE_INTEGER}`;
  return digits === digitsOf(String(value)) ? undefined : 'is too long for a number of JSON; use at most 15 digits';
}

/** The digits of a number and its power of ten, the same for `1.50`, `15e-1` and `+1.5`. Undefined for another text. */
function digitsOf(text: string): string | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined || whole + fraction === '') return undefined;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return digits === '' ? '0' : `${sign === '-' ? '-' : ''}${digits}e${Number(exponent) - fraction.length + all.length - digits.length}`;
}

function valueOf(kind: FieldKind, { enum: values = [] }: Schema, text: string): unknown {
  if (kind === 'choice') return values.find((value) => String(value) === text) ?? text;
  if (kind === 'boolean') return text === 'true';
  return kind === 'number' || kind === 'integer' ? Number(text) : text;
}

/** The body that a user wrote as JSON. It is sent as it was written, since reading it may change long numbers. */
export function bodyOfJson(text: string): FormBody {
  const wrong = (detail: string) => ({ errors: [{ pointer: '', detail }] });
  if (text.trim() === '') return { body: '{}', errors: [] };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { body: text, errors: [] } : wrong('the parameters are not an object, such as {"name": "value"}');
  } catch (error) {
    return wrong(`this is not JSON: ${(error as Error).message}`);
  }
}

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
export function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export interface FormErrors {
  /** What is wrong with each field. */
  readonly byName: ReadonlyMap<string, string>;
  readonly others: readonly string[];
}

export function errorsByField(fields: readonly Field[], errors: readonly FieldError[]): FormErrors {
  const byName = new Map<string, string>();
  const others: string[] = [];
  for (const { pointer, detail } of errors) {
    const field = fields.find(({ name }) => pointer === pointerTo(name));
    if (!field) others.push(detail);
    else if (!byName.has(field.name)) byName.set(field.name, detail);
  }
  return { byName, others };
}
