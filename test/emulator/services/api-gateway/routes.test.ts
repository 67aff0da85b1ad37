import { DeployedRoute } from '../../../../emulator/assembly/deployment';
import { routeOf } from '../../../../emulator/services/api-gateway/routes';

const routesOf = (...keys: string[]) => keys.map((key): DeployedRoute => ({ key, authorization: 'NONE', timeoutMilliseconds: 30_000 }));
const matchIn = (keys: string[], method: string, path: string) => {
  const match = routeOf(routesOf(...keys), method, path);
  return match && [match.route.key, match.variables];
};

// The example of https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html, in the worst order
const PETS = ['$default', 'ANY /{proxy+}', 'GET /pets/{proxy+}', 'GET /pets/dog/{id}', 'GET /pets/dog/1'];

test.each([
  ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
  ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
  ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
  ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ['POST', '/pets/dog/1', 'ANY /{proxy+}', { proxy: 'pets/dog/1' }],
  ['GET', '/', '$default', {}],
])('%s %s takes the route %s', (method, path, key, variables) => {
  expect(matchIn(PETS, method, path)).toEqual([key, variables]);
  expect(matchIn([...PETS].reverse(), method, path)).toEqual([key, variables]);
});

test.each<[string[], string, string, unknown]>([
  [['ANY /a', 'GET /a'], 'GET', '/a', ['GET /a', {}]],
  [['ANY /a', 'GET /a'], 'PUT', '/a', ['ANY /a', {}]],
  [['GET /{proxy+}', 'ANY /a'], 'GET', '/a', ['ANY /a', {}]],
  [['GET /{x}/b', 'GET /a/{y}'], 'GET', '/a/b', ['GET /a/{y}', { y: 'b' }]],
  [['GET /{x}/{proxy+}', 'GET /{proxy+}'], 'GET', '/a/b/c', ['GET /{x}/{proxy+}', { x: 'a', proxy: 'b/c' }]],
  [['GET /a/{proxy+}'], 'GET', '/a/b/', ['GET /a/{proxy+}', { proxy: 'b/' }]],
  [['GET /a/{proxy+}'], 'GET', '/a', undefined],
  [['GET /a/{proxy+}'], 'GET', '/a/', undefined],
  [['GET /a/{id}'], 'GET', '/a/', undefined],
  [['GET /a'], 'GET', '/a/', undefined],
  [['GET /a'], 'GET', '/A', undefined],
  [['GET /a'], 'POST', '/a', undefined],
  [['GET /'], 'GET', '/', ['GET /', {}]],
  [[], 'GET', '/', undefined],
])('of the routes %j, %s %s takes %j', (keys, method, path, expected) => {
  expect(matchIn(keys, method, path)).toEqual(expected);
});
