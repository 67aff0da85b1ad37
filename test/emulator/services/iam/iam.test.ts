import { Deployment, PolicyStatement } from '../../../../emulator/assembly/deployment';
import { Iam, RevokedAction } from '../../../../emulator/services/iam/iam';

const ROLE = 'arn:aws:iam::1:role/worker';
const REQUEST = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key' };
const REFUSED = 'User: arn:aws:sts::1:assumed-role/worker/local is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::bucket/key';
const NOT_ALLOWED = `${REFUSED} because no identity-based policy allows the s3:GetObject action`;

const roleWith = (...policies: PolicyStatement[][]) => ({ arn: ROLE, policies: policies.map((Statement) => ({ Statement })) });
const iamOf = (role: object, revoked?: RevokedAction[]) => new Iam({ roles: [role] } as unknown as Deployment, revoked);
const ALLOW: PolicyStatement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const DENY: PolicyStatement = { Effect: 'Deny', Action: 's3:*', Resource: '*' };

test.each<[string, PolicyStatement[][], RevokedAction[] | undefined, string | undefined]>([
  ['allows it', [[], [ALLOW]], undefined, undefined],
  ['does not allow it', [[]], undefined, NOT_ALLOWED],
  ['allows it under a condition that does not hold', [[{ ...ALLOW, Condition: { Bool: { a: 'true' } } }]], undefined, NOT_ALLOWED],
  ['denies it', [[ALLOW], [DENY]], undefined, `${REFUSED} with an explicit deny in an identity-based policy`],
  ['allows it, but it was taken away', [[ALLOW]], [{ roleArn: ROLE, action: 's3:PutObject' }, { roleArn: ROLE, action: 's3:GetObject' }], NOT_ALLOWED],
  ['allows it, and another action was taken away', [[ALLOW]], [{ roleArn: ROLE, action: 's3:PutObject' }], undefined],
  ['allows it, and it was taken away from another role', [[ALLOW]], [{ roleArn: `${ROLE}-2`, action: 's3:GetObject' }], undefined],
])('the answer to an action of a role whose policy %s', (_, policies, revoked, refusal) => {
  expect(iamOf(roleWith(...policies), revoked).refusal(ROLE, REQUEST)).toBe(refusal);
});

test('the user of the emulator may do anything, and a role that does not exist nothing', () => {
  const iam = iamOf(roleWith([DENY]));
  expect([undefined, 'arn:aws:iam::1:role/other'].map((role) => iam.refusal(role, REQUEST))).toEqual([undefined, 'User: arn:aws:iam::1:role/other does not exist']);
});

test('each action that a policy allows is granted once', () => {
  const role = roleWith([ALLOW, { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], [DENY, { ...ALLOW, Action: ['sqs:SendMessage', 's3:GetObject'] }]);
  expect(iamOf(role).grants()).toEqual(['s3:GetObject', 'sqs:SendMessage'].map((action) => ({ role, action })));
});
