import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { recordRequests } from './api/access-logs';
import { codeWithDocument } from './api/api-document';
import { apiFunction } from './api/api-handler';
import { HeavyBatchApiProps } from './api/api-props';
import { openConsole } from './api/console-route';
import { sendRunEvents } from './api/run-events';
import { corsOf, securityOf } from './api/security';
import { NamedJob, validateApi } from './api/validate-api';
import { acknowledge } from './common/acknowledge';
import { API_FUNCTION } from './common/regulated-findings';
import { refuse } from './common/validation';
import { logGroupOf, Regulated } from './compute/regulated';
import { TABLE_KEYS } from './contract/api-runs';
import { HTTP_API_ID } from './contract/construct-ids';

/**
 * An HTTP API over jobs: it starts runs, lists and shows them, cancels and redrives them, and gives their results. Its OpenAPI document is
 * made of the parameters of the jobs, and requests that do not match it are refused before a run starts. Without requests and runs it costs nothing.
 *
 * @example
 * declare const job: HeavyBatchJob;
 * const api = new HeavyBatchApi(this, 'Api', {
 *   jobs: [{ job, parameters: { megabytes: { valueType: HeavyBatchApiValueType.INTEGER, minimum: 1, maximum: 1000 } } }],
 * });
 * new CfnOutput(this, 'Url', { value: api.url });
 */
export class HeavyBatchApi extends Construct {
  /** The HTTP API, to which routes of your own may be added. */
  readonly httpApi: apigatewayv2.HttpApi;
  /** The URL of the API, without a slash at its end. Where there is a `domain`, it is that of the domain. */
  readonly url: string;
  /** The table with what the API knows of runs. */
  readonly table: dynamodb.Table;
  /** The function that answers requests and records the events of runs. */
  readonly apiFunction: lambda.Function;
  /** The log group with a line for each request. It contains neither headers nor queries. */
  readonly logGroup: logs.LogGroup;
  private readonly usesIam: boolean;

  constructor(scope: Construct, id: string, props: HeavyBatchApiProps) {
    super(scope, id);
    const jobs = validateApi(this, props);
    const { title = id, logRetention } = props;
    const security = securityOf(props);
    this.usesIam = security.usesIam;
    const regulated = regulatedOf(jobs);

    this.table = runsTable(this, regulated);
    this.apiFunction = apiFunction(this, { ...props, jobs, code: codeWithDocument(title, jobs, security.scheme), table: this.table, regulated });

    this.httpApi = new apigatewayv2.HttpApi(this, HTTP_API_ID, {
      apiName: title,
      corsPreflight: corsOf(props.cors, security),
      defaultDomainMapping: props.domain,
    });
    const integration = new HttpLambdaIntegration('Integration', this.apiFunction);
    this.httpApi.addRoutes({
      path: '/{proxy+}',
      // Without OPTIONS, API Gateway itself answers what browsers ask first: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
      methods: [apigatewayv2.HttpMethod.GET, apigatewayv2.HttpMethod.POST, apigatewayv2.HttpMethod.DELETE],
      integration,
      authorizer: security.authorizer,
    });
    if (props.console) openConsole(this.httpApi, integration);
    this.logGroup = logGroupOf(this, 'AccessLog', regulated, logRetention);
    recordRequests(this.httpApi, this.logGroup, props.throttle);
    this.url = props.domain ? urlOf(props.domain) : this.httpApi.apiEndpoint;

    sendRunEvents(this, jobs.map(({ job }) => job.stateMachine), this.apiFunction);
    acknowledge(this, { 'AWS::Lambda::Function': API_FUNCTION });
  }

  /**
   * Allows a principal to call the API (`execute-api:Invoke`) with all its methods and paths. Refused for an API with an `authorizer` or
   * `allowAnonymousAccess`, which asks IAM for no permission.
   *
   * @param grantee the principal
   */
  grantInvoke(grantee: iam.IGrantable): iam.Grant {
    if (!this.usesIam) refuse(this, 'authorizer', "is not IAM, so a permission to call the API would have no effect; leave out 'authorizer' and 'allowAnonymousAccess', or the grant");
    return iam.Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: [this.httpApi.arnForExecuteApi()] });
  }

  /**
   * The number of requests. Default statistic and period: the sample count over 5 minutes. Unit: count. API Gateway publishes this metric at
   * no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.httpApi.metricCount(options);
  }

  /**
   * The number of requests that were answered with a status of 400 to 499. Default statistic and period: the sum over 5 minutes. Unit: count.
   * API Gateway publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricClientError(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.httpApi.metricClientError(options);
  }

  /**
   * The number of requests that were answered with a status of 500 to 599. Default statistic and period: the sum over 5 minutes. Unit: count.
   * API Gateway publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricServerError(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.httpApi.metricServerError(options);
  }

  /**
   * The time from a request to its answer, with the time that it waits for a run. Default statistic and period: the average over 5 minutes.
   * Unit: milliseconds. API Gateway publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.httpApi.metricLatency(options);
  }
}

/** The rules of the regulated computes of jobs, if there is one. An imported job with a key is from such a compute. */
function regulatedOf(jobs: readonly NamedJob[]): Regulated | undefined {
  const plan = jobs.map(({ job }) => job._plan).find((each) => each?.encryptionKey);
  return plan && { encryptionKey: plan.encryptionKey!, logRetention: plan.logRetention ?? logs.RetentionDays.ONE_YEAR };
}

function runsTable(scope: Construct, regulated: Regulated | undefined): dynamodb.Table {
  const key = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
  const table = new dynamodb.Table(scope, 'Table', {
    partitionKey: key(TABLE_KEYS.partition),
    sortKey: key(TABLE_KEYS.sort),
    timeToLiveAttribute: TABLE_KEYS.timeToLive,
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryptionKey: regulated?.encryptionKey,
    pointInTimeRecoverySpecification: regulated && { pointInTimeRecoveryEnabled: true },
    removalPolicy: regulated ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  table.addGlobalSecondaryIndex({ indexName: TABLE_KEYS.byStatus, partitionKey: key(TABLE_KEYS.statusPartition), sortKey: key(TABLE_KEYS.sort) });
  return table;
}

function urlOf({ domainName, mappingKey }: apigatewayv2.DomainMappingOptions): string {
  return `https://${domainName.domainNameRef.domainName}${mappingKey ? `/${mappingKey}` : ''}`;
}
