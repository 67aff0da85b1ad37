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
  const members: Record<string, unknown> = {};
  for (const { name, kind, schema } of fields) {
    const text = values[name] ?? '';
    if (text === '') continue;
    const value = valueOf(kind, schema, text);
    if (value === undefined) errors.push({ pointer: pointerTo(name), detail: `${name} is not a number` });
    else members[name] = value;
  }
  return errors.length > 0 ? { errors } : { body: JSON.stringify(members), errors };
}

function valueOf(kind: FieldKind, { enum: values = [] }: Schema, text: string): unknown {
  if (kind === 'choice') return values.find((value) => String(value) === text) ?? text;
  if (kind === 'boolean') return text === 'true';
  if (kind !== 'number' && kind !== 'integer') return text;
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

/** The body that a user wrote as JSON. */
export function bodyOfJson(text: string): FormBody {
  const wrong = (detail: string) => ({ errors: [{ pointer: '', detail }] });
  if (text.trim() === '') return { body: '{}', errors: [] };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { body: JSON.stringify(value), errors: [] } : wrong('the parameters are not an object, such as {"name": "value"}');
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
  readonly byName: Readonly<Record<string, string>>;
  readonly others: readonly string[];
}

export function errorsByField(fields: readonly Field[], errors: readonly FieldError[]): FormErrors {
  const byName: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, detail } of errors) {
    const field = fields.find(({ name }) => pointer === pointerTo(name));
    if (field) byName[field.name] ??= detail;
    else others.push(detail);
  }
  return { byName, others };
}
