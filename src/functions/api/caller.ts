import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from './problem';
import { ownerHash } from './run-id';
import { isObject } from '../../contract/json-text';

/**
 * What an authorizer of API Gateway says of a caller. A caller cannot set it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
interface Authorizer {
  readonly jwt?: { readonly claims?: unknown };
  readonly lambda?: unknown;
  readonly iam?: unknown;
}

/** The hash of the owner of a caller's runs. Without owners, all callers share theirs. */
export function ownerOf(event: APIGatewayProxyEventV2, claim: string | undefined): string {
  if (!claim) return ownerHash('');
  const { jwt, lambda, iam }: Authorizer = (event.requestContext as { authorizer?: Authorizer }).authorizer ?? {};
  const fields = [jwt?.claims, lambda, iam].find(isObject) ?? {};
  const value = Object.hasOwn(fields, claim) ? fields[claim] : undefined;
  const isName = (typeof value === 'string' && value !== '') || typeof value === 'number';
  if (!isName) throw new Problem(403, `the caller has no '${claim}', which says whose runs these are; use a token that has it`);
  return ownerHash(`${claim}:${iam === fields ? withoutSession(String(value)) : value}`);
}

/**
 * Who takes a role chooses the name of the session, which is a part of the ARN and of the id of the user. So all sessions of a role are one owner.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
function withoutSession(value: string): string {
  return value.replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, '$1').replace(/^(ARO[A-Z0-9]+):.*$/, '$1');
}
