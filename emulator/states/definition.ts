import { DefinitionError, listOf, objectOf, requireAtMostOneOf, requireSupportedFields } from './definition-checks';
import { isDistributed, processorOf, validateMap } from './map-definition';
import { VARIABLE_NAME } from './variables';

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
  readonly Type: 'Task' | 'Choice' | 'Pass' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';
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
  readonly Assign?: Record<string, unknown>;
}

const PATH_FIELDS = ['InputPath', 'OutputPath'];
const TRANSITION_FIELDS = ['Next', 'End', 'Assign'];
const RESULT_FIELDS = ['ResultSelector', 'ResultPath', 'Retry', 'Catch'];
const FIELDS: Record<State['Type'], string[]> = {
  Task: [
    ...PATH_FIELDS, ...TRANSITION_FIELDS, ...RESULT_FIELDS, 'Resource', 'Parameters', 'TimeoutSeconds', 'TimeoutSecondsPath', 'HeartbeatSeconds', 'HeartbeatSecondsPath',
  ],
  Parallel: [...PATH_FIELDS, ...TRANSITION_FIELDS, ...RESULT_FIELDS, 'Branches', 'Parameters'],
  Map: [
    ...PATH_FIELDS, ...TRANSITION_FIELDS, ...RESULT_FIELDS, 'Label', 'ItemsPath', 'ItemReader', 'ItemSelector', 'Parameters', 'ItemBatcher', 'ItemProcessor', 'Iterator',
    'ResultWriter', 'MaxConcurrency', 'MaxConcurrencyPath', 'ToleratedFailurePercentage', 'ToleratedFailurePercentagePath', 'ToleratedFailureCount', 'ToleratedFailureCountPath',
  ],
  Pass: [...PATH_FIELDS, ...TRANSITION_FIELDS, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...PATH_FIELDS, ...TRANSITION_FIELDS, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...PATH_FIELDS, 'Choices', 'Default', 'Assign'],
  Succeed: PATH_FIELDS,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
};
const FIELDS_OF_EVERY_STATE = ['Type', 'Comment', 'QueryLanguage'];

/** Validates a definition. Throws a `DefinitionError`. */
export function readDefinition(json: unknown): Definition {
  const machine = objectOf(json, 'the definition');
  requireSupportedFields(machine, ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage'], 'the definition');
  requireJsonPath(machine, 'the definition');
  validateStates(machine, []);
  return machine as unknown as Definition;
}

/**
 * Validates the states of a definition, of a branch or of an item processor.
 *
 * @param outerVariables the variables that outer scopes assign
 */
function validateStates(machine: Record<string, unknown>, outerVariables: string[]): void {
  const states = objectOf(machine.States, "'States'");
  const validateTarget = (name: unknown, where: string) => {
    if (typeof name !== 'string' || !Object.hasOwn(states, name)) throw new DefinitionError(`${where} names the state ${JSON.stringify(name)}, which does not exist`);
  };
  validateTarget(machine.StartAt, "'StartAt'");
  const entries = Object.entries(states).map(([name, state]) => [name, objectOf(state, `state '${name}'`)] as const);
  for (const [name, state] of entries) validateState(name, state, validateTarget);

  const own = entries.flatMap(([name, state]) => assignedVariables(name, state));
  const hidden = own.find((variable) => outerVariables.includes(variable));
  if (hidden) throw new DefinitionError(`the variable '${hidden}' is assigned in a branch or an iteration, and also in the states around it; use another name`);
  for (const [name, state] of entries) validateInnerStates(name, state, [...outerVariables, ...own]);
}

function validateInnerStates(name: string, state: Record<string, unknown>, variables: string[]): void {
  for (const branch of listOf(state.Branches, `state '${name}', 'Branches'`)) {
    requireSupportedFields(branch, ['Comment', 'StartAt', 'States'], `state '${name}', 'Branches',`);
    validateStates(branch, variables);
  }
  if (state.Type !== 'Map') return;
  const processor = processorOf(state);
  requireSupportedFields(processor, ['Comment', 'StartAt', 'States', 'ProcessorConfig'], `state '${name}', 'ItemProcessor',`);
  // The executions of a distributed map have variables of their own.
  validateStates(processor, isDistributed(state) ? [] : variables);
}

function validateState(name: string, state: Record<string, unknown>, validateTarget: (name: unknown, where: string) => void): void {
  const where = `state '${name}'`;
  const type = state.Type as State['Type'];
  if (!Object.hasOwn(FIELDS, type)) throw new DefinitionError(`${where} is of type ${JSON.stringify(state.Type)}, which the emulator does not support; it supports ${Object.keys(FIELDS).join(', ')}`);
  requireSupportedFields(state, [...FIELDS_OF_EVERY_STATE, ...FIELDS[type]], where);
  requireJsonPath(state, where);
  if (FIELDS[type].includes('Next')) {
    if ((state.Next === undefined) === (state.End === undefined)) throw new DefinitionError(`${where} needs either 'Next' or 'End'`);
    if (state.Next !== undefined) validateTarget(state.Next, `${where}, 'Next',`);
  }
  if (type === 'Map') validateMap(state, where);
  if (type === 'Parallel' && listOf(state.Branches, `${where}, 'Branches'`).length === 0) throw new DefinitionError(`${where} has no 'Branches'`);
  if (type === 'Task' && typeof state.Resource !== 'string') throw new DefinitionError(`${where} has no 'Resource'`);
  if (type === 'Wait') validateWait(state, where);
  for (const retrier of listOf(state.Retry, `${where}, 'Retry'`)) {
    requireSupportedFields(retrier, ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'], `${where}, 'Retry'`);
  }
  for (const catcher of listOf(state.Catch, `${where}, 'Catch'`)) {
    requireSupportedFields(catcher, ['ErrorEquals', 'Next', 'ResultPath', 'Assign', 'Comment'], `${where}, 'Catch'`);
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

function validateWait(state: Record<string, unknown>, where: string): void {
  const fields = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'];
  requireAtMostOneOf(state, fields, where);
  if (fields.every((field) => state[field] === undefined)) throw new DefinitionError(`${where} says neither how long nor until when it waits`);
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

/** The names in all `Assign` of a state. https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html */
function assignedVariables(name: string, state: Record<string, unknown>): string[] {
  const holders = [state, ...listOf(state.Choices, name), ...listOf(state.Catch, name)].filter((holder) => holder.Assign !== undefined);
  return holders.flatMap((holder) => Object.keys(objectOf(holder.Assign, `state '${name}', 'Assign',`)).map((key) => {
    const variable = key.replace(/\.\$$/, '');
    if (variable === 'states' || !VARIABLE_NAME.test(variable)) throw new DefinitionError(`state '${name}' assigns '${variable}', which cannot be the name of a variable`);
    return variable;
  }));
}

function requireJsonPath({ QueryLanguage: language = 'JSONPath' }: Record<string, unknown>, where: string): void {
  if (language !== 'JSONPath') throw new DefinitionError(`${where} is written in ${language}; the emulator supports JSONPath`);
}
