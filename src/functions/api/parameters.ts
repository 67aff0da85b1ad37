import { createHash } from 'node:crypto';
import { OutputUnit, Schema, Validator } from '@cfworker/json-schema';
import { FieldError, pointerTo, Problem } from './problem';
import type { JobSpec } from '../../contract/job-spec';
import { isObject } from '../../contract/json-text';
import { parseRunInput } from '../shared/input/run-input';

/** The input of a run, and its fingerprint: two bodies that mean the same have the same one. */
export interface Requested {
  /** JSON */
  readonly input: string;
  readonly fingerprint: string;
  /** Of the job, as the definition of its state machine has it. */
  readonly logGroup: string;
}

/**
 * The input of a run by the body of a request. Throws a problem, or `InvalidInput`, which the submit function would throw too.
 *
 * @param schema of the parameters, in the OpenAPI document
 */
export function readParameters(body: string, schema: Schema, job: JobSpec): Requested {
  const input = parseRunInput({ body }, job);
  refuseByDocument(body === '' ? {} : JSON.parse(body), schema);
  // In one order, so that the same parameters make the same input, and Step Functions accepts it again for a run that exists.
  const parameters = Object.fromEntries(Object.entries(input.parameters).sort(([a], [b]) => a < b ? -1 : 1));
  const text = JSON.stringify({ parameters });
  return { input: text, fingerprint: createHash('sha256').update(text).digest('hex'), logGroup: job.logGroup };
}

/** The keywords whose errors only repeat those of others. */
const SUMMARIES = ['properties', 'additionalProperties', 'items', 'allOf', 'anyOf'];

function refuseByDocument(value: unknown, schema: Schema): void {
  // A pattern may take long with a text that is longer than the author of the job expects.
  const errors = errorsOf(value, withoutPatterns(schema)) ?? errorsOf(value, schema) ?? [];
  const found = errors.filter(({ keyword }) => !SUMMARIES.includes(keyword)).map((error) => fieldError(error, schema));
  if (found.length > 0) throw new Problem(400, found[0].detail, found);
}

/** Undefined where there are none. */
function errorsOf(value: unknown, schema: Schema): OutputUnit[] | undefined {
  const { valid, errors } = new Validator(schema, '2020-12', false).validate(value);
  return valid ? undefined : errors;
}

function withoutPatterns({ properties = {}, ...schema }: Schema): Schema {
  const bare = Object.entries(properties).map(([name, property]) => [name, { ...property as Schema, pattern: undefined }]);
  return { ...schema, properties: Object.fromEntries(bare) };
}

function fieldError({ instanceLocation, keyword, error }: OutputUnit, schema: Schema): FieldError {
  const [name] = instanceLocation.split('/').slice(1).map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  if (name === undefined) return { pointer: '', detail: `${error.replace(/^Instance/, 'The body').replaceAll('"', "'")}` };
  const expected = (schema.properties as Record<string, Schema> | undefined)?.[name] ?? {};
  return { pointer: pointerTo(name), detail: `'${name}' ${MESSAGES[keyword]?.(expected) ?? `is not valid: ${error}`}` };
}

/** What is wrong with the value of a parameter, by the keyword of its schema. */
const MESSAGES: Record<string, (schema: Schema) => string> = {
  type: ({ type }) => `is not of the type ${[type].flat().join(', ')}`,
  enum: ({ enum: values = [] }) => `is not one of ${values.join(', ')}`,
  pattern: ({ pattern }) => `does not match the pattern ${pattern}`,
  minimum: ({ minimum }) => `is less than ${minimum}`,
  maximum: ({ maximum }) => `is more than ${maximum}`,
  minLength: ({ minLength }) => `is shorter than ${minLength} characters`,
  maxLength: ({ maxLength }) => `is longer than ${maxLength} characters`,
};

/** The schema of the parameters of a job in the OpenAPI document. */
export function schemaIn(document: unknown, name: string): Schema {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const schema = components?.schemas?.[name];
  if (!isObject(schema)) throw new Error(`the OpenAPI document has no schema ${name}`);
  return schema;
}
