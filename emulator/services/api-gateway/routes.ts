import type { DeployedRoute } from '../../assembly/deployment';

/** The route that a request takes, with the values of its path variables, as they were sent. */
export interface RouteMatch {
  readonly route: DeployedRoute;
  readonly variables: Readonly<Record<string, string>>;
}

/** The route of what no other route matches. */
const DEFAULT_ROUTE = '$default';

/**
 * The most specific route for a request: one whose path matches fully, one that ends with a greedy variable such as `{proxy+}`, or `$default`. A word in a
 * path is more specific than a variable, and a method than ANY. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function routeOf(routes: readonly DeployedRoute[], method: string, path: string): RouteMatch | undefined {
  const matches = routes.flatMap((route) => {
    const { method: ofRoute, path: pattern } = routeKeyOf(route);
    const variables = route.key === DEFAULT_ROUTE ? {} : ofRoute === 'ANY' || ofRoute === method ? variablesIn(path, pattern) : undefined;
    return variables ? [{ route, variables }] : [];
  });
  return matches.sort((a, b) => rankOf(a.route) < rankOf(b.route) ? -1 : 1)[0];
}

/** The method and the path of a route. `$default` has neither. */
export function routeKeyOf({ key }: DeployedRoute): { readonly method: string; readonly path: string } {
  const [method, path = ''] = key.split(' ');
  return { method, path };
}

/** The values of the variables in a path. Undefined when the path does not match. */
function variablesIn(path: string, pattern: string): Record<string, string> | undefined {
  const segments = path.slice(1).split('/');
  const expected = pattern.slice(1).split('/');
  const isGreedy = expected.at(-1)!.endsWith('+}');
  if (isGreedy ? segments.length < expected.length : segments.length !== expected.length) return undefined;
  const values = isGreedy ? [...segments.slice(0, expected.length - 1), segments.slice(expected.length - 1).join('/')] : segments;
  if (expected.some((segment, index) => isVariable(segment) ? values[index] === '' : values[index] !== segment)) return undefined;
  return Object.fromEntries(expected.flatMap((segment, index) => isVariable(segment) ? [[segment.replace(/^\{|\+?\}$/g, ''), values[index]]] : []));
}

function isVariable(segment: string): boolean {
  return /^\{.+\}$/.test(segment);
}

/** A text that is less for a route that is more specific. */
function rankOf(route: DeployedRoute): string {
  if (route.key === DEFAULT_ROUTE) return 'last';
  const { method, path } = routeKeyOf(route);
  const segments = path.slice(1).split('/').map((segment) => segment.endsWith('+}') ? '2' : isVariable(segment) ? '1' : '0').join('');
  return `${segments.endsWith('2') ? 'greedy' : 'full'} ${segments} ${method === 'ANY' ? 1 : 0}`;
}
