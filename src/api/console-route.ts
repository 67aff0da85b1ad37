import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { defaultStageOf } from './access-logs';
import { acknowledgeFindings } from '../common/acknowledge';
import { CONSOLE_PATH } from '../contract/api-runs';

/** Of its own, so that requests for the page, which everybody may send, take nothing from those for runs. */
const THROTTLE = { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 };

/** Opens the web page of an API to everybody. What the page asks for is refused without the permission to call the API. */
export function openConsole(api: apigatewayv2.HttpApi, integration: apigatewayv2.HttpRouteIntegration): void {
  const [route] = api.addRoutes({ path: CONSOLE_PATH, methods: [apigatewayv2.HttpMethod.GET], integration, authorizer: new apigatewayv2.HttpNoneAuthorizer() });
  const resource = route.node.defaultChild as apigatewayv2.CfnRoute;
  const stage = defaultStageOf(api);
  stage.routeSettings = { [`${apigatewayv2.HttpMethod.GET} ${CONSOLE_PATH}`]: THROTTLE };
  // API Gateway refuses settings of a route that does not exist: https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/pull/80
  stage.addDependency(resource);
  acknowledgeFindings(resource, { 'AwsSolutions-APIG4': 'the page itself has no data; what it asks the API for needs a permission to call the API' });
}
