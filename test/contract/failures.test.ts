import { FAILURE_EXAMPLES } from './failure-examples';
import { FAILURE_REASONS } from '../../src/contract/errors';
import { FAILURES, PULL_ERROR, STATEMENTS } from '../../src/contract/failures';

const familyOf = ({ statusReason, reason = '' }: { statusReason: string; reason?: string }) => FAILURES.find(({ pattern }) => pattern.test(statusReason) || pattern.test(reason));

test.each(FAILURE_EXAMPLES)('$statusReason; $reason: $means', (example) => {
  expect(familyOf(example)).toMatchObject({ reason: example.means, transient: !example.final });
});

test.each(FAILURE_EXAMPLES)('the family of $statusReason; $reason does not depend on what an older agent cut off', (example) => {
  expect(familyOf({ statusReason: example.statusReason.slice(0, 255), reason: example.reason?.slice(0, 255) })).toBe(familyOf(example));
});

test('each family has an example and a source', () => {
  const known = new Set(FAILURE_EXAMPLES.map(familyOf));
  expect(FAILURES.filter((family) => !known.has(family))).toEqual([]);
  for (const { source } of FAILURES) expect(source).toMatch(/^https:\/\//);
});

test('each reason is told by Batch, by a family, or by the exit code', () => {
  const told = new Set([...STATEMENTS, ...FAILURES].map(({ reason }) => reason));
  expect(FAILURE_REASONS.filter((reason) => !told.has(reason))).toEqual(['Cancelled', 'ExitCode', 'Unknown']);
});

test.each(['Container Overrides length must be at most 8192', 'CosmicRayError: a bit was turned over', 'app: no space left on device', 'Array Child Job failed'])('%s is of no family', (text) => {
  expect([familyOf({ statusReason: text }), familyOf({ statusReason: '', reason: text })]).toEqual([undefined, undefined]);
});

// A container's own words may quote those of AWS.
test.each([
  'Your Spot Task was interrupted.', 'Host EC2 (instance i-1) terminated.', 'OutOfMemoryError: Container killed due to memory usage',
  'CannotPullContainerError: no space left on device', 'CannotStartContainerError: exec: "x": not found', 'CannotPullContainerError: context canceled',
  'image has been retried 5 time(s)', 'CannotStartContainerError: x', 'Timeout waiting for network', 'AGENT', 'Task failed to start',
])('%s is of a family only where the text begins with it', (text) => {
  expect(familyOf({ statusReason: text })).toBeDefined();
  expect(familyOf({ statusReason: `app: ${text}` })).toBeUndefined();
});

describe('what Batch says of the whole job', () => {
  const statementOf = (text: string) => STATEMENTS.find(({ pattern }) => pattern.test(text));

  test.each([
    ['heavy-batch: queued too long (60 s): why', 'Stuck'],
    ['heavy-batch: starting too long (60 s): why', 'Stuck'],
    ['heavy-batch: running too long (60 s): why', 'AttemptTimeout'],
    ['Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', 'Stuck'],
    ['Cancelled by JobStateTimeLimit', 'Stuck'],
    ['Terminated by JobStateTimeLimit', 'Stuck'],
    ['Job attempt duration exceeded timeout', 'AttemptTimeout'],
  ])('%s: %s, where the text begins with it', (text, reason) => {
    expect(statementOf(text)).toMatchObject({ reason });
    expect(statementOf(text.toUpperCase())?.reason).toBe(text.startsWith('heavy-batch') ? undefined : reason); // the library's own texts are always the same
    expect(statementOf(`app: ${text}`)).toBeUndefined();
  });

  test('has a source', () => {
    for (const { source } of STATEMENTS) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/|^src\/contract\/terminations\.ts$/);
  });
});

test.each([
  ['CannotPullContainerError: context canceled', true],
  ['cannotpullcontainererror: context canceled', true],
  ['DockerTimeoutError: Could not transition to pulled; timed out', true],
  ['DockerTimeoutError: Could not transition to MANIFEST_PULLED; timed out', true],
  ['DockerTimeoutError: Could not transition to created; timed out', false],
  ['DockerTimeoutError: Could not transition to -pulled', false],
  ['CannotStartContainerError: x', false],
  ['app: CannotPullContainerError: x', false],
  ['app: DockerTimeoutError: Could not transition to pulled', false],
])('%s is the error of a pull: %s', (text, expected) => {
  expect(PULL_ERROR.test(text)).toBe(expected);
});

// Texts that differ in little from those of the examples, in the source of the ECS agent or in reports.
test.each([
  ['unable to get execution credentials', 'RoleUnavailable'],
  ['failed to assume the role', 'RoleUnavailable'],
  ['CannotInspectImage: x', 'ImagePull'],
  ['CannotInspect ImageError: x', 'ImagePull'],
  ['retrieve secret from asm', 'SecretUnavailable'],
  ['retrieved the secret: none', 'SecretUnavailable'],
  ['unable to pull secrets or registry auth', 'SecretUnavailable'],
  ['call of secretsmanager failed', 'SecretUnavailable'],
  ['call of Secrets Manager failed', 'SecretUnavailable'],
  ['CGROUPERROR: x', 'Infrastructure'],
  ['agent', 'Infrastructure'],
])('%s: %s', (text, reason) => {
  expect(familyOf({ statusReason: text })).toMatchObject({ reason });
});

test('a text that only begins with the name of the agent is of no family', () => {
  expect(familyOf({ statusReason: 'AGENTS of a kind' })).toBeUndefined();
});
