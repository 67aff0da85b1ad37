import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { HeavyBatchJobProps } from './job-props';
import { refuse } from '../common/validation';
import { textFault, variableNameFault, variableValueFault, wordFault } from '../contract/container-text';
import { BATCH_PREFIX, OWN_PREFIX } from '../contract/environment';
import { ADDED_BY_BATCH, DEFINITION_BYTES, OVERRIDES_CHARACTERS } from '../contract/limits';
import { CONTEXT_PARAMETER, emptyWordOf, parametersIn, TOKEN_PARAMETER, withParameters } from '../contract/parameters';

type Texts = Pick<HeavyBatchJobProps, 'command' | 'parameters' | 'environment' | 'secrets'>;

/** Refuses words, parameters and environment variables that AWS Batch refuses, or does not hand to the container as they are. Tokens are not known yet. */
export function validateContainer(scope: IConstruct, props: Texts): void {
  validateCommand(scope, props);
  validateParameters(scope, props);
  validateEnvironment(scope, props);
  validateLengths(scope, props);
}

/** The default values of the parameters that are known at synth. Undefined when there are none. */
export function knownDefaults({ parameters }: Texts): { [name: string]: string } | undefined {
  const known = knownValues(parameters);
  return Object.keys(known).length > 0 ? known : undefined;
}

function validateCommand(scope: IConstruct, { command = [] }: Texts): void {
  if (Token.isUnresolved(command)) return;
  command.forEach((word, index) => {
    const fault = Token.isUnresolved(word) ? undefined : wordFault(word);
    if (fault) refuse(scope, `command[${index}]`, fault);
  });
}

function validateParameters(scope: IConstruct, { command = [], parameters = {} }: Texts): void {
  if (Token.isUnresolved(parameters)) return;
  for (const name of Object.keys(parameters)) {
    if (Token.isUnresolved(name)) refuse(scope, 'parameters', 'has a name that is a token, but a key in a template cannot be one; use a name that is known at synth');
    if (name === '__proto__') refuse(scope, 'parameters', `has '${name}', a name that the CDK leaves out of templates; use another name`);
    if (name === TOKEN_PARAMETER || name === CONTEXT_PARAMETER) refuse(scope, 'parameters', `has '${name}', which is reserved for what a job carries about its run; use another name`);
  }
  for (const [name, value] of Object.entries(knownValues(parameters))) {
    const fault = textFault(value);
    if (fault) refuse(scope, `parameters.${name}`, fault);
  }
  if (!isKnownList(command)) return;
  const referenced = parametersIn(command);
  for (const name of referenced) {
    if (!Object.hasOwn(parameters, name)) refuse(scope, 'command', `refers to Ref::${name}, but 'parameters' has no '${name}'; add it with a default value`);
  }
  for (const name of Object.keys(parameters)) {
    if (!referenced.has(name)) refuse(scope, 'parameters', `has '${name}', but 'command' does not refer to it; use Ref::${name} in 'command', or use 'environment'`);
  }
  const empty = emptyWordOf(command, knownValues(parameters));
  if (empty) {
    refuse(scope, `parameters.${empty.parameter}`, `is empty, and so would be ${command[empty.index]}, a word of 'command', and AWS Batch accepts no empty words; `
      + 'use a default value that stands for nothing');
  }
}

function validateEnvironment(scope: IConstruct, props: Texts): void {
  for (const prop of ['environment', 'secrets'] as const) {
    for (const name of Object.keys(props[prop] ?? {})) {
      const prefix = [BATCH_PREFIX, OWN_PREFIX].find((reserved) => name.startsWith(reserved));
      if (prefix) refuse(scope, prop, `has '${name}', but names that begin with ${prefix} are reserved; use another name`);
      const fault = Token.isUnresolved(name) ? undefined : variableNameFault(name);
      if (fault) refuse(scope, prop, `has ${JSON.stringify(name)}, which ${fault}`);
    }
  }
  for (const [name, value] of Object.entries(knownValues(props.environment))) {
    const fault = variableValueFault(value);
    if (fault) refuse(scope, `environment.${name}`, fault);
  }
  const twice = Object.keys(props.secrets ?? {}).find((name) => Object.hasOwn(props.environment ?? {}, name));
  if (twice) refuse(scope, 'secrets', `has '${twice}', but 'environment' has it too; leave one of them out`);
}

function validateLengths(scope: IConstruct, { command = [], parameters, environment }: Texts): void {
  const defaults = knownValues(parameters);
  if (isKnownList(command)) {
    const most = OVERRIDES_CHARACTERS - ADDED_BY_BATCH;
    const { length } = JSON.stringify({ command: withParameters(command, defaults) });
    if (length > most) refuse(scope, 'command', `has ${length} characters with the default values of its parameters, but Amazon ECS accepts about ${most}; use shorter values, or a file`);
  }
  const known = {
    command: isKnownList(command) ? command : [],
    parameters: defaults,
    environment: Object.entries(knownValues(environment)).map(([Name, Value]) => ({ Name, Value })),
  };
  const bytes = Buffer.byteLength(JSON.stringify(known));
  if (bytes <= DEFINITION_BYTES) return;
  const longest = (['command', 'parameters', 'environment'] as const).reduce((a, b) => JSON.stringify(known[b]).length > JSON.stringify(known[a]).length ? b : a);
  refuse(scope, longest, `makes a job definition of more than ${bytes} bytes, but AWS Batch accepts ${DEFINITION_BYTES}; use shorter values, or a file`);
}

function knownValues(values: { readonly [name: string]: string } = {}): Record<string, string> {
  if (Token.isUnresolved(values)) return {};
  return Object.fromEntries(Object.entries(values).filter((entry) => !entry.some((text) => Token.isUnresolved(text))));
}

function isKnownList(list: readonly string[]): boolean {
  return !Token.isUnresolved(list) && !list.some((word) => Token.isUnresolved(word));
}
