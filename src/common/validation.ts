import { Annotations, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { Range } from '../contract/limits';

/**
 * Throws the error for a prop whose value is not valid. The message is one sentence. It names the prop, its value, what to use instead,
 * and the path of the construct:
 * `'memory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less (at App/Stack/Job)`
 */
export function refuse(scope: IConstruct, prop: string, message: string): never {
  throw new Error(`'${prop}' ${message.replace(TOKEN, 'a token')} (at ${scope.node.path})`);
}

/** What is known at deployment only, as the CDK writes it: a text, or a number. */
const TOKEN = /[$#]\{Token\[[^\]]*\]\}|-1\.8881\d*e\+289/g;

/**
 * Hands what a user has given to the CDK. If the CDK cannot use it, the prop is refused with the reason of the CDK.
 *
 * @param fault what is wrong, to which the reason is added
 * @param remedy what to use instead
 */
export function accepted<T>(scope: IConstruct, prop: string, fault: string, remedy: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const reason = String((error as Error).message).split('\n')[0].trim().replace(/[.:]+$/, '');
    return refuse(scope, prop, `${fault}: ${reason}; ${remedy}`);
  }
}

/** Adds a warning to a construct. A user acknowledges it by `cdk-heavy-batch:` and its id. */
export function warn(scope: IConstruct, id: string, message: string): void {
  Annotations.of(scope).addWarningV2(`cdk-heavy-batch:${id}`, message);
}

/** Carries out an action when synthesis ends. What a user changes after the constructor is known only then. */
export function atEndOf(scope: IConstruct, action: () => void): void {
  scope.node.addValidation({
    validate: () => {
      action();
      return [];
    },
  });
}

/** For example `a, b or c`. */
export function alternatives(values: readonly (string | number)[]): string {
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** Whether a number is known at synth. A token has its value only at deployment, so no check applies to it. */
export function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Token.isUnresolved(value);
}

export interface RangeOptions extends Range {
  readonly unit?: string;
  /** Whether only whole numbers are valid. @default true */
  readonly whole?: boolean;
}

/** Refuses a number that is outside of a range. */
export function validateRange(scope: IConstruct, prop: string, value: number | undefined, { least, most, unit = '', whole = true }: RangeOptions): void {
  if (!isKnown(value)) return;
  const units = unit ? ` ${unit}` : '';
  if (whole && !Number.isInteger(value)) refuse(scope, prop, `is ${value}${units}; use a whole number from ${least} to ${most}`);
  if (!(value >= least && value <= most)) refuse(scope, prop, `is ${value}${units}; use ${least} to ${most}${units}`);
}

/** Refuses a size that is not a whole number of MiB in a range. */
export function validateMebibytes(scope: IConstruct, prop: string, size: Size, range: Range): void {
  if (!size.isUnresolved()) validateRange(scope, prop, size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), { ...range, unit: 'MiB' });
}
