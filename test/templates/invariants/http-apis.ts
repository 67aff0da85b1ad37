import { CloudFormationTemplate, resourcesOf, textOf } from '../template';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html */
export function callersAreKnown(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').filter(({ properties }) => !['AWS_IAM', 'JWT', 'CUSTOM'].includes(properties.AuthorizationType))
    .map(({ id }) => `${id} lets everybody in`);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html, https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html */
export function requestsAreLimitedAndLogged(template: CloudFormationTemplate): string[] {
  const logGroups = resourcesOf(template, 'AWS::Logs::LogGroup').map(({ id }) => `<${id}.Arn>`);
  return resourcesOf(template, 'AWS::ApiGatewayV2::Stage').flatMap(({ id, properties: { DefaultRouteSettings: limits, AccessLogSettings: log } }) => [
    ...limits?.ThrottlingRateLimit >= 1 && limits.ThrottlingBurstLimit >= 1 ? [] : [`${id} accepts as many requests as the account`],
    ...log && logGroups.includes(textOf(log.DestinationArn)) ? [] : [`${id} does not log its requests to a log group of this template`],
    ...log && /header|query|authorizer|\.path\b/i.test(log.Format) ? [`${id} logs what a caller may keep secret`] : [],
  ]);
}
