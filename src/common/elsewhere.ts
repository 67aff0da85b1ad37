import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse } from './validation';

interface Place {
  readonly region: string;
  readonly account: string;
}

/** The Region and account of an ARN, where it has them. */
export function placeOfArn(arn: string): Place | undefined {
  const parts = /^arn:[^:]+:[^:]+:([^:]+):([^:]+):/.exec(arn);
  return parts ? { region: parts[1], account: parts[2] } : undefined;
}

/** Refuses what is known to be in another account or Region than the construct. */
export function refuseElsewhere(scope: IConstruct, prop: string, there: Place, what: { readonly here: string; readonly there: string }): void {
  const here = Stack.of(scope);
  const differs = (['region', 'account'] as const).some((part) => !Token.isUnresolved(here[part]) && !Token.isUnresolved(there[part]) && here[part] !== there[part]);
  if (differs) {
    refuse(scope, prop, `is in ${placeText(there)}, but ${what.here} is in ${placeText(here)}; use ${what.there} of the same account and Region, or another 'env' for the stack`);
  }
}

export function placeText({ region, account }: Place): string {
  const [knownRegion, knownAccount] = [region, account].map((part) => Token.isUnresolved(part) ? undefined : part);
  if (!knownRegion && !knownAccount) return "a stack without 'env'";
  return `${knownRegion ?? 'a Region that is not known'} of ${knownAccount ? `account ${knownAccount}` : 'an account that is not known'}`;
}
