import * as v from 'valibot';

/** What a run was asked for, checked. */
export interface RunInput {
  readonly parameters: Record<string, string>;
  readonly vcpus?: number;
  /** MiB */
  readonly memory?: number;
  readonly gpus?: number;
  readonly environment: Record<string, string>;
  readonly command?: string[];
  readonly arraySize?: number;
  readonly shareIdentifier?: string;
  readonly schedulingPriority?: number;
}

/** What the job's definition lets a caller ask for. */
export interface InputLimits {
  /** The names that the job's command refers to with `Ref::`. */
  readonly parameters: readonly string[];
  /** MiB */
  readonly maxMemory?: number;
  /** Undefined: the job has none, and its instances need not. */
  readonly gpus?: number;
  /** How many nodes a multi-node job has. */
  readonly nodes?: number;
  /** The share of a run that names none. Undefined where the queue has no fair-share policy. */
  readonly shareIdentifier?: string;
}

/** The run's input is wrong. Its name is the error of the failed run, which nothing retries. */
export class InvalidInput extends Error {
  readonly name = 'InvalidInput';
}

// Environment and parameters are text in Batch; numbers and booleans mean their text.
const text = v.pipe(v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()], 'is not text, a number or a boolean'), v.transform(String));

const environmentName = v.pipe(
  v.string(),
  v.regex(/^[^=\0]+$/, 'is not a name for an environment variable'),
  // https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
  v.regex(/^(?!AWS_BATCH)/, 'begins with AWS_BATCH, which Batch keeps for itself'),
  v.regex(/^(?!HEAVY_BATCH_)/, 'begins with HEAVY_BATCH_, which is for what a run tells its container'),
);

/** Names and values, which a list is not, though it has them. */
function names<TName extends v.GenericSchema<string, string>>(name: TName) {
  const notNames = 'is not an object of names and values';
  return v.pipe(v.custom<object>((given) => typeof given === 'object' && given !== null && !Array.isArray(given), notNames), v.record(name, text, notNames));
}

const containerOverrides = v.strictObject({
  vcpus: v.optional(v.pipe(v.number('is not a number'), v.gtValue(0, 'is not more than 0'), v.maxValue(1024, 'is more than any instance type has'))),
  memory: v.optional(v.pipe(v.number('is not a number of MiB'), v.integer('is not a whole number of MiB'), v.minValue(4, 'is less than 4 MiB, the least that Batch takes'))),
  gpus: v.optional(v.pipe(v.number('is not a number'), v.integer('is not a whole number'), v.minValue(1, 'is less than 1'), v.maxValue(16, 'is more than any instance type has'))),
  environment: v.optional(names(environmentName)),
  command: v.optional(v.pipe(v.array(v.string('is not text'), 'is not a list of words'), v.minLength(1, 'is empty'))),
});

const parameters = names(v.string());

// https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
const arraySize = v.pipe(v.number('is not a number'), v.integer('is not a whole number'), v.minValue(2, 'is less than 2'), v.maxValue(10_000, 'is more than 10,000'));

// https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#Batch-SubmitJob-request-shareIdentifier
const shareIdentifier = v.pipe(v.string('is not text'), v.regex(/^[A-Za-z0-9]{1,255}$/, 'is not 1 to 255 letters and digits'));
// https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html#Batch-SubmitJob-request-schedulingPriorityOverride
const schedulingPriority = v.pipe(v.number('is not a number'), v.integer('is not a whole number'), v.minValue(0, 'is less than 0'), v.maxValue(9_999, 'is more than 9,999'));

const settings = {
  containerOverrides: v.optional(containerOverrides),
  arraySize: v.optional(arraySize),
  shareIdentifier: v.optional(shareIdentifier),
  schedulingPriority: v.optional(schedulingPriority),
};

const plain = v.strictObject({
  parameters: v.optional(parameters),
  ...settings,
});

// What API Gateway hands on: what is not about the job (headers, path, ...) is not ours to judge.
const withBody = v.object({
  body: parameters,
  ...settings,
});

/** With it a parent workflow tells the console whose child a run is: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html */
const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/**
 * Checks a run's input: `{parameters?, containerOverrides?, arraySize?, shareIdentifier?, schedulingPriority?}`, or an HTTP event
 * whose `body` has the parameters.
 */
export function parseRunInput(input: unknown, limits: InputLimits): RunInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidInput(`the input is ${kindOf(input)}, not an object such as {"parameters": {...}}`);
  }
  const { [STARTED_BY]: _, ...own } = input as Record<string, unknown>;
  const checked = 'body' in own
    ? check(withBody, { ...own, body: bodyOf(own) })
    : check(plain, own);
  const given = 'body' in checked ? checked.body : checked.parameters ?? {};
  const overrides = checked.containerOverrides ?? {};

  for (const name of Object.keys(given)) {
    if (limits.parameters.includes(name)) continue;
    throw new InvalidInput(limits.parameters.length > 0
      ? `'parameters.${name}' is not a parameter of this job; it takes ${limits.parameters.join(', ')}`
      : `'parameters.${name}' is not a parameter of this job, whose command refers to none (Ref::${name} would)`);
  }
  if (limits.maxMemory !== undefined && (overrides.memory ?? 0) > limits.maxMemory) {
    throw new InvalidInput(`'containerOverrides.memory' is ${overrides.memory} MiB, more than this job's most, ${limits.maxMemory} MiB`);
  }
  if (limits.gpus === undefined && overrides.gpus !== undefined) {
    throw new InvalidInput(`'containerOverrides.gpus' is ${overrides.gpus}, but this job has no GPU; give it some in its 'gpus' prop`);
  }
  if (limits.nodes !== undefined && checked.arraySize !== undefined) {
    throw new InvalidInput(`'arraySize' is ${checked.arraySize}, but this job has ${limits.nodes} nodes, and Batch knows no array of multi-node jobs; leave it out`);
  }
  for (const field of ['shareIdentifier', 'schedulingPriority'] as const) {
    if (limits.shareIdentifier !== undefined || checked[field] === undefined) continue;
    throw new InvalidInput(`'${field}' is ${checked[field]}, but this job's queue has no fair-share policy; leave it out, or give its compute 'fairShare'`);
  }
  return {
    parameters: given,
    vcpus: overrides.vcpus,
    memory: overrides.memory,
    gpus: overrides.gpus,
    environment: overrides.environment ?? {},
    command: overrides.command,
    arraySize: checked.arraySize,
    shareIdentifier: checked.shareIdentifier,
    schedulingPriority: checked.schedulingPriority,
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

function check<TSchema extends v.GenericSchema>(schema: TSchema, input: unknown): v.InferOutput<TSchema> {
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
