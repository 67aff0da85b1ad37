/**
 * The definition of a state machine, validated. A field or a state that the emulator does not support is an error. It is never
 * skipped: an execution does what it does in Step Functions, or it does not start.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
export interface Definition {
  readonly StartAt: string;
  readonly States: Record<string, State>;
  readonly TimeoutSeconds?: number;
}

export interface State {
  readonly Type: 'Task' | 'Choice' | 'Pass' | 'Wait' | 'Succeed' | 'Fail' | 'Map';
  readonly [field: string]: any;
}

export interface Retrier {
  readonly ErrorEquals: string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

export class DefinitionError extends Error {
  readonly name = 'DefinitionError';
}

const PATH_FIELDS = ['InputPath', 'OutputPath'];
const TRANSITION_FIELDS = ['Next', 'End'];
const FIELDS: Record<State['Type'], string[]> = {
  Task: [
    ...PATH_FIELDS, ...TRANSITION_FIELDS, 'Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch', 'TimeoutSeconds', 'TimeoutSecondsPath',
    'HeartbeatSeconds', 'HeartbeatSecondsPath',
  ],
  Map: [
    ...PATH_FIELDS, ...TRANSITION_FIELDS, 'Label', 'ItemReader', 'ItemSelector', 'ItemProcessor', 'ResultWriter', 'MaxConcurrency', 'ToleratedFailurePercentage', 'ResultSelector',
    'ResultPath', 'Retry', 'Catch',
  ],
  Pass: [...PATH_FIELDS, ...TRANSITION_FIELDS, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...PATH_FIELDS, ...TRANSITION_FIELDS, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...PATH_FIELDS, 'Choices', 'Default'],
  Succeed: PATH_FIELDS,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
};
const FIELDS_OF_EVERY_STATE = ['Type', 'Comment', 'QueryLanguage'];

/** Validates a definition, or the item processor of a map. Throws a `DefinitionError`. */
export function readDefinition(json: unknown): Definition {
  const machine = objectOf(json, 'the definition');
  requireSupportedFields(machine, ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage', 'ProcessorConfig'], 'the definition');
  requireJsonPath(machine, 'the definition');
  const states = objectOf(machine.States, "'States'");
  const validateTarget = (name: unknown, where: string) => {
    if (typeof name !== 'string' || !(name in states)) throw new DefinitionError(`${where} names the state ${JSON.stringify(name)}, which does not exist`);
  };
  validateTarget(machine.StartAt, "'StartAt'");
  for (const [name, state] of Object.entries(states)) validateState(name, objectOf(state, `state '${name}'`), validateTarget);
  return machine as unknown as Definition;
}

function validateState(name: string, state: Record<string, unknown>, validateTarget: (name: unknown, where: string) => void): void {
  const where = `state '${name}'`;
  const type = state.Type as State['Type'];
  if (!(type in FIELDS)) throw new DefinitionError(`${where} is of type ${JSON.stringify(state.Type)}, which the emulator does not support; it supports ${Object.keys(FIELDS).join(', ')}`);
  requireSupportedFields(state, [...FIELDS_OF_EVERY_STATE, ...FIELDS[type]], where);
  requireJsonPath(state, where);
  if (FIELDS[type].includes('Next')) {
    if ((state.Next === undefined) === (state.End === undefined)) throw new DefinitionError(`${where} needs either 'Next' or 'End'`);
    if (state.Next !== undefined) validateTarget(state.Next, `${where}, 'Next',`);
  }
  if (type === 'Map') validateMap(state, where);
  if (type === 'Task' && typeof state.Resource !== 'string') throw new DefinitionError(`${where} has no 'Resource'`);
  for (const retrier of listOf(state.Retry, `${where}, 'Retry'`)) {
    requireSupportedFields(retrier, ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'], `${where}, 'Retry'`);
  }
  for (const catcher of listOf(state.Catch, `${where}, 'Catch'`)) {
    requireSupportedFields(catcher, ['ErrorEquals', 'Next', 'ResultPath', 'Comment'], `${where}, 'Catch'`);
    validateTarget(catcher.Next, `${where}, 'Catch',`);
  }
  for (const handlers of [listOf(state.Retry, where), listOf(state.Catch, where)]) validateErrorNames(handlers, where);
  if (type === 'Choice') {
    const choices = listOf(state.Choices, `${where}, 'Choices'`);
    if (choices.length === 0) throw new DefinitionError(`${where} has no 'Choices'`);
    for (const choice of choices) validateTarget(choice.Next, `${where}, 'Choices',`);
    if (state.Default !== undefined) validateTarget(state.Default, `${where}, 'Default',`);
  }
}

/** The emulator supports maps in distributed mode whose results are written to S3. */
function validateMap(state: Record<string, unknown>, where: string): void {
  const [reader, writer, processor] = ['ItemReader', 'ResultWriter', 'ItemProcessor'].map((field) => objectOf(state[field], `${where}, '${field}',`));
  const readerConfig = objectOf(reader.ReaderConfig, `${where}, 'ReaderConfig',`);
  const writerConfig = objectOf(writer.WriterConfig, `${where}, 'WriterConfig',`);
  const mode = objectOf(processor.ProcessorConfig, `${where}, 'ProcessorConfig',`);
  requireSupportedFields(reader, ['Resource', 'ReaderConfig', 'Parameters'], `${where}, 'ItemReader',`);
  requireSupportedFields(readerConfig, ['InputType', 'CSVHeaderLocation', 'CSVHeaders'], `${where}, 'ReaderConfig',`);
  requireSupportedFields(writer, ['Resource', 'Parameters', 'WriterConfig'], `${where}, 'ResultWriter',`);
  requireSupportedFields(writerConfig, ['Transformation', 'OutputType'], `${where}, 'WriterConfig',`);
  requireSupportedFields(mode, ['Mode', 'ExecutionType'], `${where}, 'ProcessorConfig',`);
  const requireSupportedValue = (value: unknown, values: string[], field: string) => {
    if (!values.includes(value as string)) throw new DefinitionError(`${where} has '${field}' ${JSON.stringify(value)}; the emulator supports ${values.join(', ')}`);
  };
  requireSupportedValue(mode.Mode, ['DISTRIBUTED'], 'Mode');
  requireSupportedValue(mode.ExecutionType, ['STANDARD'], 'ExecutionType');
  requireSupportedValue(readerConfig.InputType, ['JSON', 'JSONL', 'CSV'], 'InputType');
  requireSupportedValue(writerConfig.Transformation, ['COMPACT'], 'Transformation');
  requireSupportedValue(writerConfig.OutputType, ['JSONL'], 'OutputType');
  readDefinition(processor);
}

/** `States.ALL` must be alone in its handler, and its handler must be the last one. */
function validateErrorNames(handlers: Record<string, unknown>[], where: string): void {
  handlers.forEach((handler, index) => {
    const errors = handler.ErrorEquals;
    if (!Array.isArray(errors) || errors.length === 0) throw new DefinitionError(`${where} has an error handler without 'ErrorEquals'`);
    if (errors.includes('States.ALL') && (errors.length > 1 || index !== handlers.length - 1)) {
      throw new DefinitionError(`${where} has States.ALL beside or before other errors; it must be alone in 'ErrorEquals', in the last handler`);
    }
  });
}

function requireJsonPath({ QueryLanguage: language = 'JSONPath' }: Record<string, unknown>, where: string): void {
  if (language !== 'JSONPath') throw new DefinitionError(`${where} is written in ${language}; the emulator supports JSONPath`);
}

function requireSupportedFields(object: Record<string, unknown>, fields: string[], where: string): void {
  const unknown = Object.keys(object).find((field) => !fields.includes(field));
  if (unknown) throw new DefinitionError(`${where} has the field '${unknown}', which the emulator does not support; it supports ${fields.join(', ')}`);
}

function objectOf(json: unknown, where: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new DefinitionError(`${where} is not an object`);
  return json as Record<string, unknown>;
}

function listOf(json: unknown, where: string): Record<string, unknown>[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw new DefinitionError(`${where} is not a list`);
  return json.map((item) => objectOf(item, where));
}
