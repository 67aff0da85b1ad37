import * as v from 'valibot';
import { BATCH_PREFIX, OWN_PREFIX } from '../../contract/environment';
import { INVALID_INPUT } from '../../contract/errors';
import type { JobSpec } from '../../contract/job-spec';
import { ARRAY_SIZE, GPUS, isShareIdentifier, MEMORY, Range, SCHEDULING_PRIORITY, VCPUS } from '../../contract/limits';
import type { RunInput } from '../../contract/run-input';

/** What the job allows a run to set. */
export type InputLimits = Pick<JobSpec, 'parameters' | 'maxMemory' | 'gpus' | 'nodes' | 'shareIdentifier'>;

/** The run's input is wrong. The name of this error is the error of the failed run, and the state machine does not retry it. */
export class InvalidInput extends Error {
  readonly name = INVALID_INPUT;
}

// In Batch, environment variables and parameters are text. A number or a boolean is passed on as its text.
const text = v.pipe(v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()], 'is not text, a number or a boolean'), v.transform(String));

const environmentName = v.pipe(
  v.string(),
  v.regex(/^[^=\0]+$/, 'is not a name for an environment variable'),
  v.check((name) => !name.startsWith(BATCH_PREFIX), `begins with ${BATCH_PREFIX}, which AWS Batch reserves`),
  v.check((name) => !name.startsWith(OWN_PREFIX), `begins with ${OWN_PREFIX}, which is reserved for the variables that a run sets`),
);

/** An object of names and values. A list is refused, although it has keys. */
function names<TName extends v.GenericSchema<string, string>>(name: TName) {
  const notNames = 'is not an object of names and values';
  return v.pipe(v.custom<object>((given) => typeof given === 'object' && given !== null && !Array.isArray(given), notNames), v.record(name, text, notNames));
}

const containerOverrides = v.strictObject({
  vcpus: v.optional(v.pipe(v.number('is not a number'), v.gtValue(0, 'is not more than 0'), v.maxValue(VCPUS.most, 'is more than any instance type has'))),
  memory: v.optional(v.pipe(v.number('is not a number of MiB'), v.integer('is not a whole number of MiB'), v.minValue(MEMORY.least, `is less than ${MEMORY.least} MiB, the least that AWS Batch accepts`))),
  gpus: v.optional(v.pipe(v.number('is not a number'), v.integer('is not a whole number'), v.minValue(GPUS.least, `is less than ${GPUS.least}`), v.maxValue(GPUS.most, 'is more than any instance type has'))),
  environment: v.optional(names(environmentName)),
  command: v.optional(v.pipe(v.array(v.string('is not text'), 'is not a list of words'), v.minLength(1, 'is empty'))),
});

const parameters = names(v.string());

const wholeNumber = ({ least, most }: Range) => v.pipe(
  v.number('is not a number'), v.integer('is not a whole number'),
  v.minValue(least, `is less than ${least}`), v.maxValue(most, `is more than ${most.toLocaleString('en')}`),
);

const settings = {
  containerOverrides: v.optional(containerOverrides),
  arraySize: v.optional(wholeNumber(ARRAY_SIZE)),
  shareIdentifier: v.optional(v.pipe(v.string('is not text'), v.check(isShareIdentifier, 'is not 1 to 255 letters and digits'))),
  schedulingPriority: v.optional(wholeNumber(SCHEDULING_PRIORITY)),
};

const plain = v.strictObject({
  parameters: v.optional(parameters),
  ...settings,
});

// An event of API Gateway. Its other fields (headers, path, ...) are ignored.
const withBody = v.object({
  body: parameters,
  ...settings,
});

/** A parent workflow adds this field, so that the console links a run to its parent: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html */
const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/**
 * Validates a run's input: `{parameters?, containerOverrides?, arraySize?, shareIdentifier?, schedulingPriority?}`, or an HTTP event
 * whose `body` holds the parameters. Throws `InvalidInput`, which names the field, its value and what would do.
 */
export function parseRunInput(input: unknown, limits: InputLimits): RunInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidInput(`the input is ${kindOf(input)}, not an object such as {"parameters": {...}}`);
  }
  const { [STARTED_BY]: _, ...own } = input as Record<string, unknown>;
  const valid = 'body' in own
    ? validate(withBody, { ...own, body: bodyOf(own) })
    : validate(plain, own);
  const given = 'body' in valid ? valid.body : valid.parameters ?? {};
  const overrides = valid.containerOverrides ?? {};

  for (const name of Object.keys(given)) {
    if (limits.parameters.includes(name)) continue;
    throw new InvalidInput(limits.parameters.length > 0
      ? `'parameters.${name}' is not a parameter of this job; it takes ${limits.parameters.join(', ')}`
      : `'parameters.${name}' is not a parameter of this job, which has no parameters; write Ref::${name} into the job's 'command' to add it`);
  }
  if (limits.maxMemory !== undefined && (overrides.memory ?? 0) > limits.maxMemory) {
    throw new InvalidInput(`'containerOverrides.memory' is ${overrides.memory} MiB, more than this job's 'maxMemory', ${limits.maxMemory} MiB; give ${limits.maxMemory} or less`);
  }
  if (limits.gpus === undefined && overrides.gpus !== undefined) {
    throw new InvalidInput(`'containerOverrides.gpus' is ${overrides.gpus}, but this job has no GPU; leave it out, or set the job's 'gpus' prop`);
  }
  if (limits.nodes !== undefined && valid.arraySize !== undefined) {
    throw new InvalidInput(`'arraySize' is ${valid.arraySize}, but this job has ${limits.nodes} nodes, and AWS Batch has no arrays of multi-node jobs; leave it out`);
  }
  for (const field of ['shareIdentifier', 'schedulingPriority'] as const) {
    if (limits.shareIdentifier !== undefined || valid[field] === undefined) continue;
    throw new InvalidInput(`'${field}' is ${valid[field]}, but this job's queue has no fair-share policy; leave it out, or give its compute 'fairShare'`);
  }
  return {
    parameters: given,
    vcpus: overrides.vcpus,
    memory: overrides.memory,
    gpus: overrides.gpus,
    environment: overrides.environment ?? {},
    command: overrides.command,
    arraySize: valid.arraySize,
    shareIdentifier: valid.shareIdentifier,
    schedulingPriority: valid.schedulingPriority,
  };
}

/** The body of an HTTP event: an object, JSON, or JSON in base 64. */
function bodyOf(event: { body?: unknown; isBase64Encoded?: unknown }): unknown {
  if (typeof event.body !== 'string') return event.body ?? {};
  const json = event.isBase64Encoded === true ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
  try {
    return JSON.parse(json);
  } catch {
    throw new InvalidInput("'body' is text that is not JSON");
  }
}

function validate<TSchema extends v.GenericSchema>(schema: TSchema, input: unknown): v.InferOutput<TSchema> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? 'input';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw new InvalidInput(`'${field}' is not a field of a run's input; the fields are ${Object.keys(fieldsAt(field)).join(', ')}`);
  }
  throw new InvalidInput(`'${field}' ${/^is |^begins /.test(issue.message) ? issue.message : `is ${kindOf(issue.input)}, not an object`}`);
}

function fieldsAt(field: string): Record<string, unknown> {
  return field.startsWith('containerOverrides.') ? containerOverrides.entries : plain.entries;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
