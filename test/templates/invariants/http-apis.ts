import { CloudFormationTemplate, resourcesOf, textOf } from '../template';

/** The web page, which has no data. */
const OPEN = 'GET /console';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html */
export function callersAreKnown(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route')
    .filter(({ properties: { RouteKey, AuthorizationType } }) => RouteKey !== OPEN && !['AWS_IAM', 'JWT', 'CUSTOM'].includes(AuthorizationType))
    .map(({ id }) => `${id} lets everybody in`);
}

/** An open route takes nothing from the others, and API Gateway finds it when it reads its limit. */
export function openRoutesAreLimited(template: CloudFormationTemplate): string[] {
  const stages = resourcesOf(template, 'AWS::ApiGatewayV2::Stage');
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').filter(({ properties }) => properties.RouteKey === OPEN).flatMap(({ id }) => stages.flatMap((stage) => [
    ...stage.properties.RouteSettings?.[OPEN]?.ThrottlingRateLimit >= 1 ? [] : [`${id} takes from the requests of the other routes`],
    ...[stage.DependsOn].flat().includes(id) ? [] : [`${stage.id} may be changed before ${id} exists`],
  ]));
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
