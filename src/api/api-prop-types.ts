import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { HeavyBatchApiJob, HeavyBatchApiParameter, HeavyBatchApiProps } from './api-props';
import { HeavyBatchApiValueType } from './api-value-type';
import { atSynth, duration, FLAG, listOf, mapOf, memberOf, NUMBER, object, options, PropTypes, required, TEXT } from '../common/prop-types';

/** They are written into the OpenAPI document, which is a file of the function. */
const PARAMETER: PropTypes<HeavyBatchApiParameter> = {
  valueType: atSynth(memberOf(HeavyBatchApiValueType)),
  description: atSynth(TEXT),
  allowedValues: listOf(atSynth(TEXT), { empty: 'leave it out, or name the values that are accepted' }),
  pattern: atSynth(TEXT),
  minimum: atSynth(NUMBER),
  maximum: atSynth(NUMBER),
  minLength: atSynth(NUMBER),
  maxLength: atSynth(NUMBER),
  required: FLAG,
};

const JOB: PropTypes<HeavyBatchApiJob> = {
  job: required(object(() => 'a HeavyBatchJob, or HeavyBatchJob.fromHeavyBatchJobAttributes(...)')),
  name: atSynth(TEXT),
  parameters: mapOf(options(PARAMETER)),
};

const THROTTLE: PropTypes<apigatewayv2.ThrottleSettings> = { rateLimit: NUMBER, burstLimit: NUMBER };

const CORS: PropTypes<apigatewayv2.CorsPreflightOptions> = {
  allowCredentials: FLAG,
  allowHeaders: listOf(TEXT, { elements: true }),
  allowMethods: listOf(memberOf(apigatewayv2.CorsHttpMethod), { elements: true }),
  allowOrigins: listOf(TEXT),
  exposeHeaders: listOf(TEXT, { elements: true }),
  maxAge: duration('seconds'),
};

const DOMAIN: PropTypes<apigatewayv2.DomainMappingOptions> = {
  domainName: required(object((name) => `new apigatewayv2.DomainName(this, 'Domain', { domainName: '${name}', certificate })`)),
  mappingKey: atSynth(TEXT), // the CDK makes an id of it
};

/** The type of each prop of an API. The compiler reports one that is missing. */
export const API_PROP_TYPES: PropTypes<HeavyBatchApiProps> = {
  jobs: required(listOf(options(JOB), { empty: 'name a job' })),
  authorizer: object(() => 'an authorizer of aws-apigatewayv2-authorizers'),
  allowAnonymousAccess: FLAG,
  ownerClaim: TEXT,
  console: FLAG,
  retention: duration('seconds'),
  maxWaitingRequests: NUMBER,
  throttle: options(THROTTLE),
  cors: options(CORS),
  domain: options(DOMAIN),
  logRetention: memberOf(logs.RetentionDays),
  title: atSynth(TEXT),
};
