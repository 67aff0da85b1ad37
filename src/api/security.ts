import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { HeavyBatchApiProps } from './api-props';

/** Who may call an API, as the CDK and as OpenAPI say it. */
export interface Security {
  readonly authorizer: apigatewayv2.IHttpRouteAuthorizer;
  readonly usesIam: boolean;
  /** A security scheme of OpenAPI: https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object. Undefined where there is none. */
  readonly scheme?: Readonly<Record<string, unknown>>;
}

const IN_HEADER = { type: 'apiKey', name: 'Authorization', in: 'header' };

const SCHEMES: Readonly<Record<string, Security['scheme']>> = {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
  AWS_IAM: { ...IN_HEADER, 'description': 'Signature Version 4 of AWS.', 'x-amazon-apigateway-authtype': 'awsSigv4' },
  JWT: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  NONE: undefined,
};

export function securityOf({ authorizer: given, allowAnonymousAccess }: Pick<HeavyBatchApiProps, 'authorizer' | 'allowAnonymousAccess'>): Security {
  const authorizer = given ?? (allowAnonymousAccess ? new apigatewayv2.HttpNoneAuthorizer() : new HttpIamAuthorizer());
  const type = authorizationType(authorizer) ?? 'CUSTOM';
  return { authorizer, usesIam: type === 'AWS_IAM', scheme: Object.hasOwn(SCHEMES, type) ? SCHEMES[type] : IN_HEADER };
}

/** Each authorizer of the CDK says its type, but their interface does not: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid.html */
export function authorizationType(authorizer: apigatewayv2.IHttpRouteAuthorizer): string | undefined {
  return (authorizer as { readonly authorizationType?: string }).authorizationType;
}

/** What the API reads. The last three are those of a request that is signed: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const REQUEST_HEADERS = ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match', 'Prefer'];
const SIGNED_HEADERS = ['X-Amz-Content-Sha256', 'X-Amz-Date', 'X-Amz-Security-Token'];
const RESPONSE_HEADERS = ['ETag', 'Location', 'Retry-After', 'Idempotency-Replayed', 'Preference-Applied'];
const { GET, POST, DELETE } = apigatewayv2.CorsHttpMethod;

/** What browsers need to know, with what this API uses. */
export function corsOf(cors: apigatewayv2.CorsPreflightOptions | undefined, { usesIam }: Security): apigatewayv2.CorsPreflightOptions | undefined {
  return cors && {
    ...cors,
    allowHeaders: withOwn(cors.allowHeaders, [...REQUEST_HEADERS, ...usesIam ? SIGNED_HEADERS : []]),
    exposeHeaders: withOwn(cors.exposeHeaders, RESPONSE_HEADERS),
    allowMethods: withOwn(cors.allowMethods, [GET, POST, DELETE]),
  };
}

/** A list with what it lacks. The names of headers have no case, and `*` stands for all. */
function withOwn<T extends string>(given: T[] = [], own: T[]): T[] {
  if (given.includes('*' as T)) return given;
  const known = new Set(given.map((name) => name.toLowerCase()));
  return [...given, ...own.filter((name) => !known.has(name.toLowerCase()))];
}
