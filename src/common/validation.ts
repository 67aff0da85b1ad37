import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * How a bad prop is reported: the prop, its value, what would do, and the construct's path, in one sentence.
 * `'memory' is 8192 MiB, but m4.large leaves 7985 MiB to a container; use 7985 or less (at App/Stack/Job)`
 */
export function refuse(scope: IConstruct, prop: string, says: string): never {
  throw new Error(`'${prop}' ${says} (at ${scope.node.path})`);
}

/** A number that is known at synth: a token is taken as it is. */
export function known(value: number | undefined): value is number {
  return value !== undefined && !Token.isUnresolved(value);
}

export interface Range {
  readonly least: number;
  readonly most: number;
  readonly unit?: string;
  readonly whole?: boolean;
}

/** Refuses a number outside of its range; a token passes. */
export function checkRange(scope: IConstruct, prop: string, value: number | undefined, { least, most, unit = '', whole = true }: Range): void {
  if (!known(value)) return;
  const units = unit ? ` ${unit}` : '';
  if (whole && !Number.isInteger(value)) refuse(scope, prop, `is ${value}${units}; use a whole number from ${least} to ${most}`);
  if (!(value >= least && value <= most)) refuse(scope, prop, `is ${value}${units}; use ${least} to ${most}${units}`);
}
