import type { DeployedCors, DeployedHttpApi, DeployedRoute } from './deployment';
import type { ResolvedResources } from './resolved-resources';
import type { ResourceReader } from './resource-reader';

/** Milliseconds. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LONGEST_INTEGRATION = 30_000;

/** The HTTP APIs with their routes. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html */
export function readHttpApis(reader: ResourceReader, resources: ResolvedResources): DeployedHttpApi[] {
  const routes = resources.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
  const integrations = new Map(resources.ofType('AWS::ApiGatewayV2::Integration').map(({ deployed, properties }) => [`integrations/${deployed.name}`, properties]));
  return reader.read('AWS::ApiGatewayV2::Api', ({ properties, deployed: { name: id, ...deployed } }) => properties.ProtocolType !== 'HTTP' ? [] : {
    ...deployed,
    id,
    ...properties.CorsConfiguration && { cors: corsOf(properties.CorsConfiguration) },
    routes: routes.filter(({ ApiId }) => ApiId === id).map(({ RouteKey, AuthorizationType = 'NONE', Target }): DeployedRoute => {
      const integration = integrations.get(Target);
      return {
        key: String(RouteKey),
        authorization: AuthorizationType,
        functionArn: integration && functionArnOf(integration),
        timeoutMilliseconds: Number(integration?.TimeoutInMillis ?? LONGEST_INTEGRATION),
      };
    }),
  });
}

function corsOf({ AllowOrigins, AllowMethods, AllowHeaders, ExposeHeaders, AllowCredentials, MaxAge }: Record<string, any>): DeployedCors {
  return {
    allowOrigins: AllowOrigins ?? [],
    allowMethods: AllowMethods ?? [],
    allowHeaders: AllowHeaders ?? [],
    exposeHeaders: ExposeHeaders ?? [],
    allowCredentials: AllowCredentials ?? false,
    ...MaxAge !== undefined && { maxAgeSeconds: Number(MaxAge) },
  };
}

/** An integration has the ARN of its function, or the path of Lambda's API with that ARN in it. */
function functionArnOf({ IntegrationType, IntegrationUri, PayloadFormatVersion }: Record<string, any>): string | undefined {
  if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') return undefined;
  return /(arn:[^:/]+:lambda:[^:/]*:\d*:function:[^/]+)/.exec(IntegrationUri)?.[1];
}
