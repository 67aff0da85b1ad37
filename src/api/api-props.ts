import { Duration } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { HeavyBatchApiValueType } from './api-value-type';
import { IHeavyBatchJob } from '../job/job-interface';

/**
 * What callers may give for one parameter of a job. A request that gives something else is refused, and no run starts.
 */
export interface HeavyBatchApiParameter {
  /**
   * The type of the value in the JSON of a request. AWS Batch gets a number as it is written, and `true` or `false`.
   *
   * @default - a text, a number, or true or false
   */
  readonly valueType?: HeavyBatchApiValueType;

  /**
   * What the parameter means, for the OpenAPI document.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The only values that are accepted, at least one. Numbers are written as texts: `['1', '2']` with `INTEGER`. Refused for `BOOLEAN`.
   *
   * @default - every value of the type
   */
  readonly allowedValues?: string[];

  /**
   * A regular expression of ECMAScript with the flag `u`, of which a part of the text has to match: `^[a-z]+$` for the whole text. Refused
   * where `valueType` is not `TEXT`. A long text may take long with some expressions, so the length is validated first, and it has a limit:
   * see `maxLength`.
   *
   * @see https://json-schema.org/draft/2020-12/json-schema-validation#name-pattern
   * @default - every text
   */
  readonly pattern?: string;

  /**
   * The least number. Refused where `valueType` is neither `INTEGER` nor `NUMBER`.
   *
   * @default - no limit
   */
  readonly minimum?: number;

  /**
   * The largest number. Refused where `valueType` is neither `INTEGER` nor `NUMBER`.
   *
   * @default - no limit
   */
  readonly maximum?: number;

  /**
   * The least number of characters. Refused where `valueType` is not `TEXT`.
   *
   * @default 0
   */
  readonly minLength?: number;

  /**
   * The most characters. Refused where `valueType` is not `TEXT`.
   *
   * @default - 1,024 where there is a `pattern`; otherwise no limit of its own, but a request has at most 256 KiB
   */
  readonly maxLength?: number;

  /**
   * Whether each request has to give the parameter.
   *
   * @default false - a request that leaves the parameter out gets its default value
   */
  readonly required?: boolean;
}

/**
 * A job that an API starts runs of.
 */
export interface HeavyBatchApiJob {
  /**
   * The job. It must be in the account and Region of the API. Of an imported job no log group is known, so the API says that its logs cannot be
   * read, and shows no progress of its runs.
   */
  readonly job: IHeavyBatchJob;

  /**
   * The name of the job in the paths of the API, `/jobs/<name>/runs`: a letter, and up to 39 more letters, digits and hyphens, all in lower
   * case. No two jobs of an API have the same name. A name that changes is another path to callers.
   *
   * @default - the id of the job in lower case, with a hyphen in place of everything else
   */
  readonly name?: string;

  /**
   * What callers may give for parameters of the job, by their names. A parameter that the job does not have is refused.
   *
   * @default - a text, a number, or true or false for each parameter of the job; for an imported job, any parameters
   */
  readonly parameters?: { readonly [name: string]: HeavyBatchApiParameter };
}

/**
 * Properties of a `HeavyBatchApi`.
 */
export interface HeavyBatchApiProps {
  /**
   * The jobs that callers may start runs of, 1 to 10. With one job, `POST /runs` starts a run of it.
   */
  readonly jobs: HeavyBatchApiJob[];

  /**
   * Who may call the API: an `HttpUserPoolAuthorizer`, an `HttpJwtAuthorizer`, an `HttpLambdaAuthorizer`, or one of your own.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
   * @default - IAM: callers sign their requests, and need the permission of `grantInvoke`
   */
  readonly authorizer?: apigatewayv2.IHttpRouteAuthorizer;

  /**
   * Whether everybody on the internet may call the API: start runs, see the runs of all callers, and cancel them. Refused together with
   * `authorizer` or `ownerClaim`.
   *
   * @default false
   */
  readonly allowAnonymousAccess?: boolean;

  /**
   * What tells callers apart, so that each sees, cancels and redrives only the runs that he started: a claim of a JWT, such as `sub`; a field
   * of the context that a Lambda authorizer returns; or with IAM `userArn`, `userId`, `accountId` or `callerId`, where all sessions of a role are
   * one owner: the name of the session is cut off. A caller without it is refused.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
   * @default - runs have no owners: each caller sees all runs that were started by this API
   */
  readonly ownerClaim?: string;

  /**
   * Whether the web page of the API, at `/console`, is open to everybody. It shows runs, starts and cancels them, and has no data of its own: who
   * opens it signs in with a token, or with credentials of AWS. Without this prop the `authorizer` is asked before the page, too, so that a browser,
   * which sends neither, cannot open it.
   *
   * @default false
   */
  readonly console?: boolean;

  /**
   * How long a run is kept after its end, 1 to 90 days, and how long an idempotency key is remembered after it was first used. A run that is not
   * over is kept: an execution lasts a year at most. Step Functions keeps an execution for 90 days after its end.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
   * @default Duration.days(90)
   */
  readonly retention?: Duration;

  /**
   * The most requests that may wait for the end of a run at once, 0 to 500. Each of them keeps one concurrent execution of the function. A
   * request above it gets its answer at once. With 0, no request waits.
   *
   * @default 50
   */
  readonly maxWaitingRequests?: number;

  /**
   * The most requests: `rateLimit` in each second on average, and `burstLimit` at once, both at least 1. API Gateway answers others with
   * status 429.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
   * @default - a rate of 100 requests in each second, and a burst of 200
   */
  readonly throttle?: apigatewayv2.ThrottleSettings;

  /**
   * Which web pages may call the API. The headers that the API reads and writes, and its methods, are added where `allowHeaders`, `exposeHeaders`
   * and `allowMethods` do not have them.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
   * @default - none: browsers refuse calls from pages of other origins
   */
  readonly cors?: apigatewayv2.CorsPreflightOptions;

  /**
   * The domain name of the API, and the first part of its paths there.
   *
   * @default - the domain name that API Gateway generates
   */
  readonly domain?: apigatewayv2.DomainMappingOptions;

  /**
   * How long the logs of the API and of its function are kept.
   *
   * @default - one month; where a job has a compute with `regulated`, its `logRetention`
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The title of the OpenAPI document, and the name of the API in API Gateway: 1 to 128 characters.
   *
   * @default - the id of this construct
   */
  readonly title?: string;
}
