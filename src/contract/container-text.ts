import { BATCH_PREFIX, OWN_PREFIX } from './environment';

/** What keeps a text from reaching a container as it is, as the rest of a sentence about it. Undefined for a text that reaches it. */
export function textFault(text: string): string | undefined {
  // A container with a NUL in a word or a variable does not start: https://github.com/docker/cli/issues/3620
  if (text.includes('\0')) return 'has a NUL character, which no container can receive; leave it out';
  if (/\p{Surrogate}/u.test(text)) return 'has half of a surrogate pair, which is not a character; leave it out, or use both halves';
  return undefined;
}

/** What keeps a name from being one of an environment variable, as the rest of a sentence about it. */
export function variableNameFault(name: string): string | undefined {
  // Docker accepts any other name: https://github.com/moby/moby/pull/28098
  if (name === '' || /[=\0]/.test(name) || textFault(name)) return "is not a name for an environment variable; use characters other than '=' and NUL";
  if (name.startsWith(BATCH_PREFIX)) return `begins with ${BATCH_PREFIX}, which AWS Batch reserves; use another name`;
  if (name.startsWith(OWN_PREFIX)) return `begins with ${OWN_PREFIX}, which is reserved for the variables that a run sets; use another name`;
  return undefined;
}

/** What keeps an environment variable from reaching a container with its value, as the rest of a sentence about the variable. */
export function variableValueFault(value: string): string | undefined {
  // https://github.com/hashicorp/terraform-provider-aws/pull/29820, https://github.com/hashicorp/terraform-provider-aws/issues/26960
  if (value === '') return 'is empty, and AWS Batch ignores a variable without a value; give it a value that stands for nothing, or leave it out';
  return textFault(value);
}

/** What keeps a word from being one of a command, as the rest of a sentence about it. */
export function wordFault(word: string): string | undefined {
  // https://github.com/boto/boto3/issues/3612
  if (word === '') return 'is empty, and AWS Batch accepts no empty words; leave it out, or give it a value that stands for nothing';
  return textFault(word);
}

/** A text as a message shows it: without characters that a terminal or a log would not show. */
export function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
