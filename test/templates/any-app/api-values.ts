import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer, HttpLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as fc from 'fast-check';
import {
  data, duration, durationToken, either, flag, listToken, made, numberIn, numberToken, oddDuration, oddNumber, oddString, oddText, plain, prop, PropRules,
  PropTable, textIn, textToken, Values,
} from './value';
import { HeavyBatchApiParameter, HeavyBatchApiProps, HeavyBatchApiValueType } from '../../../src';

export type OwnApiProps = Omit<HeavyBatchApiProps, 'jobs'>;

const jwt: Values<apigatewayv2.IHttpRouteAuthorizer> = made('a JWT authorizer', () => new HttpJwtAuthorizer('Jwt', 'https://login.example.com', { jwtAudience: ['runs'] }));
const authorizers: Values<apigatewayv2.IHttpRouteAuthorizer> = either(
  jwt,
  made('a Lambda authorizer', (scope) => new HttpLambdaAuthorizer('Own', lambda.Function.fromFunctionName(scope, 'Authorizer', 'authorizer'))),
);
const domain = (name: string, mappingKey?: string): Values<apigatewayv2.DomainMappingOptions> => made(`the domain ${name}/${mappingKey}`, (scope) => {
  const certificate = acm.Certificate.fromCertificateArn(scope, 'Certificate', 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012');
  return { domainName: new apigatewayv2.DomainName(scope, 'Domain', { domainName: name, certificate }), mappingKey };
});
const allowOrigins = ['https://app.example.com'];

export const API_VALUES = {
  authorizer: prop(authorizers, either(authorizers, made('IAM', () => new HttpIamAuthorizer()), made('nothing', () => new apigatewayv2.HttpNoneAuthorizer()))),
  allowAnonymousAccess: prop(plain(false), flag),
  ownerClaim: prop(either(plain('userArn'), textToken('userId')), oddText, () => false),
  console: prop(plain(true), flag),
  retention: prop(either(duration('days', 1, 30, 90), durationToken('seconds', 86_400)), oddDuration),
  maxWaitingRequests: prop(either(plain(0, 1, 500), numberToken(5)), oddNumber),
  throttle: prop(
    either(plain<apigatewayv2.ThrottleSettings>({}, { rateLimit: 1 }, { burstLimit: 5_000 }), made('tokens', (scope) => ({ rateLimit: numberIn(scope, 1) }))),
    data(fc.record({ rateLimit: fc.constantFrom(-1, 0, 0.5, NaN, Infinity, 1e9), burstLimit: fc.constantFrom(-1, 0, 0.5, 1, 1e9) })),
  ),
  cors: prop(
    either(
      plain<apigatewayv2.CorsPreflightOptions>({ allowOrigins }, { allowOrigins: ['*'] }, { allowOrigins, allowCredentials: true }, { allowOrigins, allowHeaders: ['x-own'], exposeHeaders: ['*'] }),
      made('an origin that is a token', (scope) => ({ allowOrigins: [textIn(scope, 'https://app.example.com')] })),
    ),
    either(plain<apigatewayv2.CorsPreflightOptions>({}, { allowOrigins: [] }, { allowOrigins: ['*'], allowCredentials: true }), listToken('*').map((value) => value.map('{ allowOrigins: a list }', (list) => ({ allowOrigins: list })))),
  ),
  domain: prop(either(domain('runs.example.com'), domain('runs.example.com', 'v1')), domain('runs.example.com', '')),
  logRetention: prop(plain(logs.RetentionDays.ONE_DAY, logs.RetentionDays.TEN_YEARS), plain(...Object.values(logs.RetentionDays).filter((days): days is logs.RetentionDays => typeof days === 'number'))),
  title: prop(plain('Runs', 'x'.repeat(128), 'Läufe'), oddText),
} satisfies PropTable<OwnApiProps>;

export const API_RULES: PropRules<OwnApiProps> = {};

const types = plain<HeavyBatchApiValueType>(...Object.values(HeavyBatchApiValueType));

/** Of a parameter whose default value is not known here, so that only `required` ones fit. */
export const API_PARAMETER_VALUES = {
  valueType: prop(plain(HeavyBatchApiValueType.TEXT), either(types, oddText as Values<HeavyBatchApiValueType>)),
  description: prop(plain('What is done.'), oddText),
  allowedValues: prop(plain(['a', 'b']), either(data(fc.array(oddString, { maxLength: 3 })), listToken('a,b')), () => false),
  pattern: prop(plain('^.*$', '\\p{L}|.'), oddText),
  minimum: prop(plain(1), oddNumber, () => false),
  maximum: prop(plain(9), oddNumber, () => false),
  minLength: prop(plain(0), oddNumber),
  maxLength: prop(plain(100), oddNumber),
  required: prop(plain(true), flag),
} satisfies PropTable<HeavyBatchApiParameter>;

const always = { valueType: HeavyBatchApiValueType.TEXT, required: true };
export const API_PARAMETER_RULES: PropRules<HeavyBatchApiParameter> = {
  also: { description: always, pattern: always, minLength: always, maxLength: always, valueType: { required: true } },
};
