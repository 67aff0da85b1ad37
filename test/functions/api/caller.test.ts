import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ownerOf } from '../../../src/functions/api/caller';
import { ownerHash } from '../../../src/functions/api/run-id';

const event = (authorizer?: unknown) => ({ requestContext: { authorizer } }) as unknown as APIGatewayProxyEventV2;

test('without a claim all callers are one owner', () => {
  expect(ownerOf(event({ jwt: { claims: { sub: 'a' } } }), undefined)).toBe(ownerHash(''));
  expect(ownerOf(event(), '')).toBe(ownerHash(''));
});

test.each([
  ['a JWT', { jwt: { claims: { sub: 'a' }, scopes: null } }],
  ['a Lambda authorizer', { lambda: { sub: 'a' } }],
  ['IAM', { iam: { sub: 'a' } }],
])('the owner is what the claim says: %s', (_, authorizer) => {
  expect(ownerOf(event(authorizer), 'sub')).toBe(ownerHash('sub:a'));
});

test('a number is a name too', () => {
  expect(ownerOf(event({ lambda: { tenant: 7 } }), 'tenant')).toBe(ownerHash('tenant:7'));
});

test.each([
  ['userArn', 'arn:aws:sts::123456789012:assumed-role/Caller/session', 'arn:aws:sts::123456789012:assumed-role/Caller'], ['userId', 'AROAEXAMPLE:session', 'AROAEXAMPLE'],
  ['userArn', 'arn:aws:iam::123456789012:user/team/a', 'arn:aws:iam::123456789012:user/team/a'], ['accountId', '123456789012', '123456789012'],
])('with IAM, all sessions of a role are one owner: %s %s', (claim, value, owner) => {
  expect(ownerOf(event({ iam: { [claim]: value } }), claim)).toBe(ownerHash(`${claim}:${owner}`));
});

test('a claim of a token is taken as it is', () => {
  expect(ownerOf(event({ jwt: { claims: { sub: 'AROAEXAMPLE:a' } } }), 'sub')).toBe(ownerHash('sub:AROAEXAMPLE:a'));
});

test('two claims with one value are two owners', () => {
  const authorizer = { lambda: { a: 'x', b: 'x' } };
  expect(ownerOf(event(authorizer), 'a')).not.toBe(ownerOf(event(authorizer), 'b'));
});

test.each([
  ['no authorizer', undefined], ['no claims', { jwt: {} }], ['another claim', { jwt: { claims: { email: 'a' } } }], ['an empty one', { jwt: { claims: { sub: '' } } }],
  ['an object', { lambda: { sub: {} } }], ['null', { lambda: null }], ['a name that every object has', { lambda: { constructor: undefined } }],
])('a caller without the claim is refused: %s', (_, authorizer) => {
  expect(() => ownerOf(event(authorizer), 'sub')).toThrow("the caller has no 'sub', which says whose runs these are; use a token that has it");
  expect(() => ownerOf(event(authorizer), 'toString')).toThrow("the caller has no 'toString'");
});
