import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as logs from 'aws-cdk-lib/aws-logs';

const [RATE_LIMIT, BURST_LIMIT] = [100, 200];

/**
 * What is logged of a request: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html. Neither headers, which have tokens, nor
 * the query, in which a caller may write anything.
 */
const FIELDS = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLatency: '$context.responseLatency',
  integrationErrorMessage: '$context.integrationErrorMessage',
  protocol: '$context.protocol',
  sourceIp: '$context.identity.sourceIp',
};

/** The CDK takes no settings of the stage that it creates with an API. */
export function defaultStageOf(api: apigatewayv2.HttpApi): apigatewayv2.CfnStage {
  return api.defaultStage!.node.defaultChild as apigatewayv2.CfnStage;
}

/** Logs the requests of an API, and limits their number. */
export function recordRequests(api: apigatewayv2.HttpApi, logGroup: logs.LogGroup, throttle: apigatewayv2.ThrottleSettings = {}): void {
  const { rateLimit = RATE_LIMIT, burstLimit = BURST_LIMIT } = throttle;
  const stage = defaultStageOf(api);
  stage.accessLogSettings = { destinationArn: logGroup.logGroupArn, format: JSON.stringify(FIELDS) };
  stage.defaultRouteSettings = { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit };
}
