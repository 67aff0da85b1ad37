import { DeployedRoute } from '../../../../emulator/assembly/deployment';
import { ScaledClock } from '../../../../emulator/clock';
import { Keys } from '../../../../emulator/endpoint/keys';
import { Authorizers } from '../../../../emulator/services/api-gateway/authorizers';
import { HttpRequest } from '../../../../emulator/services/api-gateway/http-payload';
import { Iam } from '../../../../emulator/services/iam/iam';
import { Sent, signed, Signing } from '../../signed-request';

const CALLER = 'arn:aws:iam::123456789012:role/Caller';
const STRANGER = 'arn:aws:iam::123456789012:role/Stranger';
const RESOURCE = 'arn:aws:execute-api:us-east-1:123456789012:api/$default/GET/runs';
const CLAIMS = { sub: 'developer' };
const NOW = Date.now();

const keys = new Keys([CALLER, STRANGER]);
const role = (arn: string, resource: string) => ({
  path: arn, stack: 'App', logicalId: 'Role', arn, name: arn, policies: [{ Statement: [{ Effect: 'Allow' as const, Action: 'execute-api:Invoke', Resource: resource }] }],
});
const iam = new Iam({ roles: [role(CALLER, RESOURCE), role(STRANGER, `${RESOURCE}/other`)] } as never);
const authorizers = new Authorizers({ keys, clock: new ScaledClock(), account: '123456789012', claims: CLAIMS, iam: () => iam });

const authorize = (authorization: DeployedRoute['authorization'], request: Partial<HttpRequest> = {}, resource = RESOURCE) => (
  authorizers.authorize({ key: 'GET /runs', authorization, timeoutMilliseconds: 1 }, { method: 'GET', path: '/runs', ...request }, resource)
);

test.each([['JWT', { jwt: { claims: CLAIMS, scopes: null } }], ['CUSTOM', { lambda: CLAIMS }]] as const)('%s: a request without a token is of the person at this machine', async (type, authorizer) => {
  expect(await authorize(type)).toEqual(authorizer);
});

describe('a token', () => {
  const tokenOf = (claims: unknown) => ['header', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'signature'].join('.');
  const withToken = (token: string) => authorize('JWT', { headers: { Authorization: token } });

  test('says who the caller is, in texts', async () => {
    const claims = { sub: 'ann', exp: Math.floor(NOW / 1000) + 60, admin: true, groups: ['a', 'b'], address: { city: 'x' } };
    expect(await withToken(`Bearer ${tokenOf(claims)}`)).toEqual({
      jwt: { claims: { sub: 'ann', exp: String(claims.exp), admin: 'true', groups: '[a b]', address: '{"city":"x"}' }, scopes: null },
    });
  });

  test('may come without a word before it', async () => {
    expect(await withToken(tokenOf({ sub: 'ann' }))).toMatchObject({ jwt: { claims: { sub: 'ann' } } });
  });

  test.each([
    ['has expired', `Bearer ${tokenOf({ sub: 'ann', exp: Math.floor(NOW / 1000) - 1 })}`],
    ['is not valid yet', `Bearer ${tokenOf({ sub: 'ann', nbf: Math.floor(NOW / 1000) + 60 })}`],
    ['ends at no time', `Bearer ${tokenOf({ sub: 'ann', exp: 'never' })}`],
    ['is no JSON', 'Bearer a.b.c'],
    ['is one word', 'Bearer abc'],
    ['is a list', `Bearer ${tokenOf(['ann'])}`],
    ['has another scheme', `Basic ${tokenOf({ sub: 'ann' })}`],
  ])('that %s is refused', async (_, token) => {
    expect(await withToken(token)).toBeUndefined();
  });
});

describe('IAM', () => {
  const endpoint = 'http://127.0.0.1:1';
  const signedRequest = async (credentials = keys.user, sent: Sent = {}, signing: Signing = {}): Promise<HttpRequest> => {
    const request = { method: 'GET', path: '/runs?limit=1', body: '', ...sent };
    return { ...request, headers: await signed(endpoint, credentials, { ...request, headers: { 'content-type': 'application/json' } }, { service: 'execute-api', date: new Date(NOW), ...signing }) };
  };

  test('a request without a signature is of the person at this machine', async () => {
    expect(await authorize('AWS_IAM')).toEqual({
      iam: {
        accessKey: keys.user.accessKeyId,
        accountId: '123456789012',
        callerId: 'AIDADEVELOPER2345678A',
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: 'arn:aws:iam::123456789012:user/developer',
        userId: 'AIDADEVELOPER2345678A',
      },
    });
  });

  test.each([[{}], [{ method: 'POST', path: '/jobs/a%20b/runs', body: '{"a":1}' }]])('one that is signed is accepted: %j', async (sent) => {
    expect(await authorize('AWS_IAM', await signedRequest(keys.user, sent))).toMatchObject({ iam: { userArn: 'arn:aws:iam::123456789012:user/developer' } });
  });

  test('a role needs the permission to invoke the route', async () => {
    expect(await authorize('AWS_IAM', await signedRequest(keys.of(CALLER)))).toMatchObject({
      iam: {
        accessKey: keys.of(CALLER).accessKeyId, userArn: 'arn:aws:sts::123456789012:assumed-role/Caller/local', userId: 'AROACALLER:local',
      },
    });
    expect(await authorize('AWS_IAM', await signedRequest(keys.of(STRANGER)))).toBeUndefined();
    expect(await authorize('AWS_IAM', await signedRequest(keys.of(CALLER)), `${RESOURCE}/other`)).toBeUndefined();
  });

  test.each<[string, () => Promise<Partial<HttpRequest>>]>([
    ['another secret', () => signedRequest({ ...keys.user, secretAccessKey: 'other' })],
    ['an unknown key', () => signedRequest({ ...keys.user, accessKeyId: 'AKIAOTHER' })],
    ['another service', () => signedRequest(keys.user, {}, { service: 'states' })],
    ['another time', () => signedRequest(keys.user, {}, { date: new Date(NOW - 86_400_000) })],
    ['another path', async () => ({ ...await signedRequest(), path: '/runs?limit=2' })],
    ['another method', async () => ({ ...await signedRequest(), method: 'DELETE' })],
    ['another body', async () => ({ ...await signedRequest(keys.user, { body: 'a' }), body: 'b' })],
    ['another body, and its hash is not signed', async () => ({ ...await signedRequest(keys.user, { body: 'a' }, { withoutHash: true }), body: 'b' })],
    ['a malformed signature', async () => ({ headers: { authorization: 'AWS4-HMAC-SHA256 x' } })],
    ['a malformed target', async () => ({ path: '/%zz' })],
    ['a header that is not signed', async () => {
      const request = await signedRequest();
      return { ...request, headers: { ...request.headers, 'x-amz-security-token': 'a' } };
    }],
  ])('a request with %s is refused', async (_, requestOf) => {
    expect(await authorize('AWS_IAM', await requestOf())).toBeUndefined();
  });
});
