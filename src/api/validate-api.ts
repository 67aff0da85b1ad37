import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { API_PROP_TYPES } from './api-prop-types';
import type { HeavyBatchApiJob, HeavyBatchApiProps } from './api-props';
import { authorizationType, securityOf } from './security';
import { validateParameter } from './validate-parameter';
import { placeOfArn, refuseElsewhere } from '../common/elsewhere';
import { validateTypes } from '../common/prop-types';
import { alternatives, isKnown, refuse, validateRange } from '../common/validation';

/**
 * The most jobs of an API. The pattern of a rule has up to 170 characters for each job, and 2,048 in all:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html. The variables of a function have up to 4 KiB:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_JOBS = 10;

/** The most characters of the name of an API: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html */
const TITLE_CHARACTERS = 128;

/** What API Gateway knows of a caller who has signed his request: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const IAM_FIELDS = ['userArn', 'userId', 'accountId', 'callerId'];

/** A job with the name that it has in the API. */
export interface NamedJob extends HeavyBatchApiJob {
  readonly name: string;
}

/** Refuses props that make no API, and returns its jobs with their names. */
export function validateApi(scope: IConstruct, props: HeavyBatchApiProps): NamedJob[] {
  validateTypes(scope, props, API_PROP_TYPES);
  const { title = scope.node.id, maxWaitingRequests, retention } = props;
  if (title.length < 1 || title.length > TITLE_CHARACTERS) refuse(scope, 'title', `has ${title.length} characters; use 1 to ${TITLE_CHARACTERS}`);
  validateAccess(scope, props);
  validateRange(scope, 'maxWaitingRequests', maxWaitingRequests, { least: 0, most: 500 });
  if (retention && !retention.isUnresolved()) validateRange(scope, 'retention', retention.toDays({ integral: false }), { least: 1, most: 90, unit: 'days', whole: false });
  validateThrottle(scope, props);
  validateCors(scope, props);
  return validateJobs(scope, props.jobs);
}

function validateAccess(scope: IConstruct, props: HeavyBatchApiProps): void {
  const { authorizer, allowAnonymousAccess, ownerClaim } = props;
  if (allowAnonymousAccess) {
    if (authorizer) refuse(scope, 'allowAnonymousAccess', "is true, but there is an 'authorizer', which refuses callers who are not known; leave one of them out");
    if (ownerClaim !== undefined) refuse(scope, 'ownerClaim', `is '${ownerClaim}', but 'allowAnonymousAccess' is true, so callers are not known; leave one of them out`);
  }
  if (authorizer && authorizationType(authorizer) === 'NONE') {
    refuse(scope, 'authorizer', "lets everybody in; leave it out and set 'allowAnonymousAccess' to true, or use an authorizer that knows its callers");
  }
  if (ownerClaim === '') refuse(scope, 'ownerClaim', "is empty; use the name of a claim, such as 'sub', or leave it out");
  if (ownerClaim !== undefined && !Token.isUnresolved(ownerClaim) && securityOf(props).usesIam && !IAM_FIELDS.includes(ownerClaim)) {
    refuse(scope, 'ownerClaim', `is '${ownerClaim}', but with IAM a caller has no claims; use ${alternatives(IAM_FIELDS)}, or an 'authorizer' for JWTs`);
  }
}

function validateThrottle(scope: IConstruct, { throttle = {} }: HeavyBatchApiProps): void {
  const { rateLimit, burstLimit } = throttle;
  if (isKnown(rateLimit) && !(rateLimit >= 1)) refuse(scope, 'throttle.rateLimit', `is ${rateLimit}; use 1 or more requests in each second`);
  if (isKnown(burstLimit) && !(burstLimit >= 1 && Number.isInteger(burstLimit))) refuse(scope, 'throttle.burstLimit', `is ${burstLimit}; use a whole number from 1 on`);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
function validateCors(scope: IConstruct, { cors }: HeavyBatchApiProps): void {
  if (!cors) return;
  if (!cors.allowOrigins || cors.allowOrigins.length === 0) refuse(scope, 'cors.allowOrigins', "is missing, so no page could call the API; use origins such as 'https://app.example.com'");
  if (!cors.allowCredentials) return;
  const prop = (['allowOrigins', 'allowHeaders', 'allowMethods', 'exposeHeaders'] as const).find((name) => cors[name]?.some((value) => value === '*'));
  if (prop) refuse(scope, `cors.${prop}`, "has '*', which browsers do not accept together with 'allowCredentials'; use a list without '*'");
}

function validateJobs(scope: IConstruct, jobs: HeavyBatchApiJob[]): NamedJob[] {
  if (jobs.length > MOST_JOBS) refuse(scope, 'jobs', `has ${jobs.length} jobs; use 1 to ${MOST_JOBS}, and another API for the others`);
  const named = jobs.map((entry, index) => ({ ...entry, name: nameOf(scope, entry, index) }));
  named.forEach(({ name, job }, index) => {
    const [place, earlier] = [`jobs[${index}]`, named.slice(0, index)];
    // An event stays in its Region: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    refuseElsewhere(scope, `${place}.job`, placeOfArn(job.stateMachine.stateMachineArn) ?? Stack.of(job), { here: 'the API', there: 'a job' });
    if (earlier.some((other) => other.job.stateMachine.stateMachineArn === job.stateMachine.stateMachineArn)) {
      refuse(scope, `${place}.job`, `is ${job.node.path}, which is in 'jobs' twice; leave one of them out`);
    }
    if (earlier.some((other) => other.name === name)) refuse(scope, `${place}.name`, `is '${name}', the name of another job of the API; set 'name' to another one`);
    validateParameters(scope, named[index], place);
  });
  return named;
}

function nameOf(scope: IConstruct, { job, name }: HeavyBatchApiJob, index: number): string {
  const used = name ?? job.node.id.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  if (/^[a-z][a-z0-9-]{0,39}$/.test(used)) return used;
  const origin = name === undefined ? `would be '${used}' by the id of ${job.node.path}` : `is '${name}'`;
  return refuse(scope, `jobs[${index}].name`, `${origin}; use a letter and up to 39 more letters, digits and hyphens, all in lower case`);
}

function validateParameters(scope: IConstruct, { job, parameters = {} }: NamedJob, place: string): void {
  const { parameters: names, defaults = {} } = job._plan ?? {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (names && !names.includes(name)) {
      const remedy = names.length > 0 ? `use ${names.length > 1 ? alternatives(names) : names[0]}` : "add it to the job's 'parameters'";
      refuse(scope, `${place}.parameters`, `has '${name}', but ${job.node.path} has no such parameter; ${remedy}`);
    }
    validateParameter(scope, `${place}.parameters.${name}`, parameter, Object.hasOwn(defaults, name) ? defaults[name] : undefined);
  }
}
