import * as path from 'path';
import { readEnding } from '../../simulation/endings';
import { readScenario, readScenarios } from '../../simulation/scenario';

const scenarios = readScenarios(path.join(__dirname, '..', '..', 'simulation', 'scenarios'));

test('a scenario file needs only a description; all other fields have defaults', () => {
  expect(readScenario('mine', 'description: Nothing goes wrong at all.')).toMatchObject({
    name: 'mine', job: 'OnDemand', runs: 1, seedsPerWorld: 1, container: [{ ends: ['exit 0'], takes: [10_000, 600_000] }], expects: ['actual outcome'], bounds: { delay: [20_000, 20_000] },
  });
});

test.each<[string, string, RegExp]>([
  ['without a description', 'job: Spot', /'description'/],
  ['with an unknown field', 'description: Something else goes wrong.\nfault: x', /fault/],
  ['with an invalid time', 'description: Something else goes wrong.\nstartWithin: soon', /'startWithin' is not a time such as 90s/],
  ['with an unknown ending', 'description: Something else goes wrong.\ncontainer: [{ ends: explodes }]', /is not an ending; use one of exit; out of memory/],
  ['with an invalid failure', 'description: Something else goes wrong.\ncalls: [{ of: SubmitJob, fails: badly }]', /is not a failure such as "500 ServerException"/],
  ['with an unknown outcome', 'description: Something else goes wrong.\nexpects: [Exploded]', /'expects.0' is invalid/],
  ['that is not YAML', 'description: [', /is not YAML/],
])('a file %s is refused', (_, yaml, message) => {
  expect(() => readScenario('mine', yaml)).toThrow(message);
});

test('in `expects`, Infrastructure stands for its finer reasons as well', () => {
  const expects = (outcomes: string) => readScenario('mine', `description: Something else goes wrong.\nexpects: [${outcomes}]`).expects;
  expect(expects('Infrastructure, TIMED_OUT')).toEqual(['Infrastructure', 'TIMED_OUT', 'HostLost', 'SecretUnavailable', 'FileSystemUnavailable', 'RoleUnavailable']);
  expect(expects('SUCCEEDED, JobNotFound')).toEqual(['SUCCEEDED', 'JobNotFound']);
});

test('there are at least 60 scenarios, each with its own description', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(60);
  expect(new Set(scenarios.map(({ description }) => description)).size).toBe(scenarios.length);
});

test.each<[string, string, number | undefined]>([
  ['exit 0', 'SUCCEEDED', 0],
  ['exit 3', 'ExitCode', 3],
  ['out of memory, exit 2', 'OutOfMemory', 2],
  ['docker timeout, exit 0', 'Infrastructure', 0],
  ['host reclaimed', 'SpotReclaimed', undefined],
  ['killed without a reason', 'Unknown', 137],
  ['command not found', 'InvalidCommand', undefined],
  ['role not assumed', 'RoleUnavailable', undefined],
])('the ending %j has the outcome %s', (text, outcome, exitCode) => {
  expect([readEnding(text)?.outcome, readEnding(text)?.exit?.exitCode]).toEqual([outcome, exitCode]);
});

test.each(['', 'exit', 'boom', 'exit three'])('%j is not an ending', (text) => {
  expect(readEnding(text)).toBeUndefined();
});
