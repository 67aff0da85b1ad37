import { EvaluateOnExit, isRetried } from '../../emulator/services/batch/retry-strategy';
import { FAILURE_EXAMPLES } from '../contract/failure-examples';
import { templateOf } from '../stacks';

/** The rules of a job definition, as they are deployed. */
function rulesOf(props: object): EvaluateOnExit[] {
  const { EvaluateOnExit: rules } = Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'))[0].Properties.RetryStrategy;
  return rules.map((rule: any) => ({ action: rule.Action, onReason: rule.OnReason, onStatusReason: rule.OnStatusReason, onExitCode: rule.OnExitCode }));
}

const JOBS = [
  { platform: 'EC2', retryApplicationErrors: false },
  { platform: 'EC2', retryApplicationErrors: true },
  { platform: 'Fargate', retryApplicationErrors: false },
  { platform: 'Fargate', retryApplicationErrors: true },
] as const;

describe.each(JOBS)('a job on $platform with retryApplicationErrors: $retryApplicationErrors', ({ platform, retryApplicationErrors }) => {
  const rules = rulesOf({ ...platform === 'Fargate' ? { fargate: true } : {}, retryApplicationErrors });
  const examples = FAILURE_EXAMPLES.filter(({ platforms }) => platforms.includes(platform));

  test.each(examples.filter(({ retriedAnyway }) => !retriedAnyway))('is retried exactly when it is transient: $statusReason; $reason', (example) => {
    expect(isRetried(rules, example)).toBe(!example.final);
  });

  test('is retried after an exit code only when it asks for that', () => {
    for (const exitCode of [1, 2, 126, 137, 143, 255]) expect(isRetried(rules, { exitCode, statusReason: 'Essential container in task exited' })).toBe(retryApplicationErrors);
  });

  test('has rules that Batch accepts', () => {
    expect(rules.length).toBeLessThanOrEqual(5);
    for (const { onReason, onStatusReason } of rules) {
      // https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
      expect(onReason ?? onStatusReason).toMatch(/^[A-Za-z0-9.:\s]{0,511}\*?$/);
    }
  });
});

test('what is retried although it is final has the words of old versions', () => {
  const accepted = FAILURE_EXAMPLES.flatMap(({ retriedAnyway }) => retriedAnyway ?? []);
  expect(new Set(accepted).size).toBe(1);
  expect(accepted[0]).toMatch(/^the words of a Docker before version 24/);
});

test('an exit code is retried when the agent keeps the error of a pull beside it: no pattern tells that the container ran', () => {
  const end = { exitCode: 1, statusReason: 'Essential container in task exited', reason: 'CannotPullContainerError: context canceled' };
  expect(isRetried(rulesOf({}), end)).toBe(true);
});
