/**
 * A state machine's definition, checked: what the interpreter does not know is an error and never skipped, so that a run on a
 * laptop goes the way that it would go in the service, or not at all.
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

const PATHS = ['InputPath', 'OutputPath'];
const FLOW = ['Next', 'End'];
const FIELDS: Record<State['Type'], string[]> = {
  Task: [
    ...PATHS, ...FLOW, 'Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch', 'TimeoutSeconds', 'TimeoutSecondsPath',
    'HeartbeatSeconds', 'HeartbeatSecondsPath',
  ],
  Map: [
    ...PATHS, ...FLOW, 'Label', 'ItemReader', 'ItemSelector', 'ItemProcessor', 'ResultWriter', 'MaxConcurrency', 'ToleratedFailurePercentage', 'ResultSelector',
    'ResultPath', 'Retry', 'Catch',
  ],
  Pass: [...PATHS, ...FLOW, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...PATHS, ...FLOW, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...PATHS, 'Choices', 'Default'],
  Succeed: PATHS,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
};
const EVERY_STATE = ['Type', 'Comment', 'QueryLanguage'];

export function readDefinition(json: unknown): Definition {
  const machine = object(json, 'the definition');
  known(machine, ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage', 'ProcessorConfig'], 'the definition');
  jsonPathOnly(machine, 'the definition');
  const states = object(machine.States, "'States'");
  const target = (name: unknown, where: string) => {
    if (typeof name !== 'string' || !(name in states)) throw new DefinitionError(`${where} names the state ${JSON.stringify(name)}, which does not exist`);
  };
  target(machine.StartAt, "'StartAt'");
  for (const [name, json2] of Object.entries(states)) checkState(name, object(json2, `state '${name}'`), target);
  return machine as unknown as Definition;
}

function checkState(name: string, state: Record<string, unknown>, target: (name: unknown, where: string) => void): void {
  const where = `state '${name}'`;
  const type = state.Type as State['Type'];
  if (!(type in FIELDS)) throw new DefinitionError(`${where} is of type ${JSON.stringify(state.Type)}, which the local runner does not know; it knows ${Object.keys(FIELDS).join(', ')}`);
  known(state, [...EVERY_STATE, ...FIELDS[type]], where);
  jsonPathOnly(state, where);
  if (FIELDS[type].includes('Next')) {
    if ((state.Next === undefined) === (state.End === undefined)) throw new DefinitionError(`${where} needs either 'Next' or 'End'`);
    if (state.Next !== undefined) target(state.Next, `${where}, 'Next',`);
  }
  if (type === 'Map') checkMap(state, where);
  if (type === 'Task' && typeof state.Resource !== 'string') throw new DefinitionError(`${where} has no 'Resource'`);
  for (const retrier of list(state.Retry, `${where}, 'Retry'`)) {
    known(retrier, ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'], `${where}, 'Retry'`);
  }
  for (const catcher of list(state.Catch, `${where}, 'Catch'`)) {
    known(catcher, ['ErrorEquals', 'Next', 'ResultPath', 'Comment'], `${where}, 'Catch'`);
    target(catcher.Next, `${where}, 'Catch',`);
  }
  for (const handlers of [list(state.Retry, where), list(state.Catch, where)]) checkErrors(handlers, where);
  if (type === 'Choice') {
    const choices = list(state.Choices, `${where}, 'Choices'`);
    if (choices.length === 0) throw new DefinitionError(`${where} has no 'Choices'`);
    for (const choice of choices) target(choice.Next, `${where}, 'Choices',`);
    if (state.Default !== undefined) target(state.Default, `${where}, 'Default',`);
  }
}

/** A map in distributed mode whose results are written to S3, as it is known here. */
function checkMap(state: Record<string, unknown>, where: string): void {
  const [reader, writer, processor] = ['ItemReader', 'ResultWriter', 'ItemProcessor'].map((field) => object(state[field], `${where}, '${field}',`));
  const readerConfig = object(reader.ReaderConfig, `${where}, 'ReaderConfig',`);
  const writerConfig = object(writer.WriterConfig, `${where}, 'WriterConfig',`);
  const mode = object(processor.ProcessorConfig, `${where}, 'ProcessorConfig',`);
  known(reader, ['Resource', 'ReaderConfig', 'Parameters'], `${where}, 'ItemReader',`);
  known(readerConfig, ['InputType', 'CSVHeaderLocation', 'CSVHeaders'], `${where}, 'ReaderConfig',`);
  known(writer, ['Resource', 'Parameters', 'WriterConfig'], `${where}, 'ResultWriter',`);
  known(writerConfig, ['Transformation', 'OutputType'], `${where}, 'WriterConfig',`);
  known(mode, ['Mode', 'ExecutionType'], `${where}, 'ProcessorConfig',`);
  const only = (value: unknown, values: string[], field: string) => {
    if (!values.includes(value as string)) throw new DefinitionError(`${where} has '${field}' ${JSON.stringify(value)}; the local runner knows ${values.join(', ')}`);
  };
  only(mode.Mode, ['DISTRIBUTED'], 'Mode');
  only(mode.ExecutionType, ['STANDARD'], 'ExecutionType');
  only(readerConfig.InputType, ['JSON', 'JSONL', 'CSV'], 'InputType');
  only(writerConfig.Transformation, ['COMPACT'], 'Transformation');
  only(writerConfig.OutputType, ['JSONL'], 'OutputType');
  readDefinition(processor);
}

/** `States.ALL` stands alone, and last. */
function checkErrors(handlers: Record<string, unknown>[], where: string): void {
  handlers.forEach((handler, index) => {
    const errors = handler.ErrorEquals;
    if (!Array.isArray(errors) || errors.length === 0) throw new DefinitionError(`${where} has an error handler without 'ErrorEquals'`);
    if (errors.includes('States.ALL') && (errors.length > 1 || index !== handlers.length - 1)) {
      throw new DefinitionError(`${where} has States.ALL beside or before other errors; it stands alone and last`);
    }
  });
}

function jsonPathOnly(of: Record<string, unknown>, where: string): void {
  if (of.QueryLanguage !== undefined && of.QueryLanguage !== 'JSONPath') throw new DefinitionError(`${where} is written in ${of.QueryLanguage}; the local runner reads JSONPath`);
}

function known(of: Record<string, unknown>, fields: string[], where: string): void {
  const unknown = Object.keys(of).find((field) => !fields.includes(field));
  if (unknown) throw new DefinitionError(`${where} has the field '${unknown}', which the local runner does not know; it knows ${fields.join(', ')}`);
}

function object(json: unknown, where: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new DefinitionError(`${where} is not an object`);
  return json as Record<string, unknown>;
}

function list(json: unknown, where: string): Record<string, unknown>[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw new DefinitionError(`${where} is not a list`);
  return json.map((item) => object(item, where));
}
