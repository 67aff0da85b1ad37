import { refuseOwnReferences, refuseWhatIsNotAllowed } from './allowed-overrides';
import { bodyOf, EVENT_FIELDS } from './event-body';
import { command, environment, fieldsOf, InvalidInput, kindOf, optional, parameters, Reader, refuse, wholeNumber } from './input-fields';
import { InputLimits, refuseWhatNothingHolds, refuseWhatTheJobLacks } from './input-limits';
import { isObject } from '../../../contract/json-text';
import { ARRAY_SIZE, GPUS, isShareIdentifier, MEMORY, SCHEDULING_PRIORITY, VCPUS } from '../../../contract/limits';
import { emptyWordOf, parametersIn } from '../../../contract/parameters';
import type { RunInput } from '../../../contract/run-input';

export { InvalidInput };

const SETTINGS = ['containerOverrides', 'arraySize', 'shareIdentifier', 'schedulingPriority'];
const FIELDS = ['parameters', ...SETTINGS];
const FIELDS_WITH_BODY = ['body', ...SETTINGS];
const OVERRIDES = ['vcpus', 'memory', 'gpus', 'environment', 'command'];

/** A parent workflow adds this field, so that the console links a run to its parent: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html */
const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

const vcpus: Reader<number> = (value, field) => {
  if (typeof value !== 'number') refuse(field, 'is not a number');
  if (!(value > 0)) refuse(field, `is not more than 0: it is ${value}`);
  if (value > VCPUS.most) refuse(field, `is more than any instance type has: it is ${value}`);
  return value;
};
const memory = wholeNumber(MEMORY, { unit: 'MiB', tooLittle: ', the least that AWS Batch accepts', tooMuch: 'more than any instance type has' });
const gpus = wholeNumber(GPUS, { tooMuch: 'more than any instance type has' });
const shareIdentifier: Reader<string> = (value, field) => {
  if (typeof value !== 'string') refuse(field, 'is not text');
  return isShareIdentifier(value) ? value : refuse(field, 'is not 1 to 255 letters and digits');
};

/**
 * Validates a run's input: `{parameters?, containerOverrides?, arraySize?, shareIdentifier?, schedulingPriority?}`, or an HTTP event
 * whose `body` holds the parameters. Throws `InvalidInput`, which names the field, its value and what would do.
 */
export function parseRunInput(input: unknown, limits: InputLimits): RunInput {
  const own = itemOf(input);
  const given = 'body' in own ? parametersOfBody(own) : optional(parameters)(fieldsOf(own, '', FIELDS).parameters, 'parameters') ?? {};
  const overrides = readOverrides(own.containerOverrides === undefined ? {} : own.containerOverrides, 'containerOverrides');
  const parsed: RunInput = {
    parameters: given,
    vcpus: overrides.vcpus,
    memory: overrides.memory,
    gpus: overrides.gpus,
    environment: overrides.environment ?? {},
    command: overrides.command,
    arraySize: optional(wholeNumber(ARRAY_SIZE))(own.arraySize, 'arraySize'),
    shareIdentifier: optional(shareIdentifier)(own.shareIdentifier, 'shareIdentifier'),
    schedulingPriority: optional(wholeNumber(SCHEDULING_PRIORITY))(own.schedulingPriority, 'schedulingPriority'),
  };
  refuseWhatIsNotAllowed(parsed, limits.allowedOverrides);
  refuseOwnReferences(parsed);
  refuseParameters(parsed, limits);
  refuseWhatTheJobLacks(parsed, limits);
  refuseWhatNothingHolds(parsed, limits);
  return parsed;
}

/** The input, without the field of a parent workflow. EventBridge Pipes hands over a list: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html */
function itemOf(input: unknown): Record<string, unknown> {
  if (Array.isArray(input) && input.length !== 1) {
    throw new InvalidInput(`the input is a list of ${input.length} items, but a run has one; set the batch size of the pipe to 1`);
  }
  const item = Array.isArray(input) ? input[0] : input;
  if (!isObject(item)) throw new InvalidInput(`the input is ${kindOf(item)}, not an object such as {"parameters": {...}}`);
  const { [STARTED_BY]: _, ...own } = item;
  return own;
}

function parametersOfBody(event: Record<string, unknown>): Record<string, string> {
  if ('parameters' in event) refuse('parameters', "is given together with 'body', which has the parameters too; give one of them");
  fieldsOf(event, '', FIELDS_WITH_BODY, EVENT_FIELDS);
  return parameters(bodyOf(event), 'body');
}

function readOverrides(value: unknown, field: string) {
  const given = fieldsOf(value, field, OVERRIDES);
  return {
    vcpus: optional(vcpus)(given.vcpus, `${field}.vcpus`),
    memory: optional(memory)(given.memory, `${field}.memory`),
    gpus: optional(gpus)(given.gpus, `${field}.gpus`),
    environment: optional(environment)(given.environment, `${field}.environment`),
    command: optional(command)(given.command, `${field}.command`),
  };
}

function refuseParameters(input: RunInput, limits: InputLimits): void {
  for (const name of Object.keys(input.parameters)) {
    if (limits.parameters.includes(name)) continue;
    refuse(`parameters.${name}`, limits.parameters.length > 0
      ? `is not a parameter of this job; it takes ${limits.parameters.join(', ')}`
      : `is not a parameter of this job, which has no parameters; write Ref::${name} into the job's 'command' to add it`);
  }
  const unknown = [...parametersIn(input.command ?? [])].find((name) => !limits.parameters.includes(name));
  // SubmitJob refuses it: "Unable to substitute value. No parameter found for reference"
  if (unknown !== undefined) refuse('containerOverrides.command', `refers to Ref::${unknown}, which is not a parameter of this job; leave it out, or add it to the job's 'parameters'`);
  const words = input.command ?? limits.command ?? [];
  const empty = emptyWordOf(words, { ...limits.defaults, ...input.parameters });
  // Batch refuses empty words, and does not document what it does with a parameter that makes a word empty.
  if (empty) refuse(`parameters.${empty.parameter}`, `is empty, and so would be ${words[empty.index]}, a word of the command, and AWS Batch accepts no empty words; give it a value that stands for nothing`);
}
