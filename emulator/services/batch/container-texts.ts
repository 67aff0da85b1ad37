import { ServiceError } from '../../service';

/** The command and the environment of a job's container. What Batch refuses is refused, in its words where a report has them. */

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The command with the values of the parameters in place of their references. */
export function commandOf(words: readonly string[] | undefined, parameters: Readonly<Record<string, string>>): string[] | undefined {
  if (words?.includes('')) refuse('Command cannot be empty'); // https://github.com/boto/boto3/issues/3612
  const command = words?.map((word) => word.replace(/Ref::([\w-]+)/g, (_, name) => (
    Object.hasOwn(parameters, name) ? parameters[name] : refuse(`Unable to substitute value. No parameter found for reference ${name}`)
  )));
  // AWS documents neither of the two.
  if (command?.includes('')) refuse('The command has an empty word after its parameters were replaced');
  if (command?.some((word) => word.includes('\0'))) refuse('The command has a NUL character');
  return command;
}

/** The variables by name, a later one in place of an earlier one. */
export function environmentOf(variables: readonly Variable[]): Record<string, string> {
  for (const { name, value } of variables) {
    if (name.startsWith('AWS_BATCH')) refuse(`Environment variable ${name} is reserved`);
    if (name === '' || /[=\0]/.test(name)) refuse(`Environment variable name ${JSON.stringify(name)} is invalid`);
    if (value.includes('\0')) refuse(`Environment variable ${name} has a NUL character`);
  }
  // Batch leaves out a variable without a value: https://github.com/hashicorp/terraform-provider-aws/pull/29820
  return Object.fromEntries(variables.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]));
}

function refuse(message: string): never {
  throw new ServiceError('ClientException', message);
}
