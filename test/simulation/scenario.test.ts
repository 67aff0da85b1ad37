import * as path from 'path';
import { readEnding } from '../../simulation/endings';
import { readScenario, readScenarios } from '../../simulation/scenario';

const scenarios = readScenarios(path.join(__dirname, '..', '..', 'simulation', 'scenarios'));

test('a file is a scenario, with defaults for what it leaves out', () => {
  expect(readScenario('mine', 'about: Nothing goes wrong at all.')).toMatchObject({
    name: 'mine', job: 'OnDemand', runs: 1, seedsPerWorld: 1, container: [{ ends: ['exit 0'], takes: [10_000, 600_000] }], expects: ['the truth'], bounds: { delay: [20_000, 20_000] },
  });
});

test.each<[string, string, RegExp]>([
  ['no sentence for people', 'job: Spot', /'about'/],
  ['a field that is not known', 'about: Something else goes wrong.\nfault: x', /fault/],
  ['a time that is none', 'about: Something else goes wrong.\nwithin: soon', /'within' is not a time such as 90s/],
  ['an ending that is none', 'about: Something else goes wrong.\ncontainer: [{ ends: explodes }]', /is not an ending; there are exit; out of memory/],
  ['a failure that is none', 'about: Something else goes wrong.\ncalls: [{ of: SubmitJob, fails: badly }]', /is neither such as "500 ServerException"/],
  ['no YAML', 'about: [', /is not YAML/],
])('a file with %s is refused', (_, yaml, message) => {
  expect(() => readScenario('mine', yaml)).toThrow(message);
});

test('there are many, each with a sentence that says what goes wrong', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(45);
  expect(new Set(scenarios.map(({ about }) => about)).size).toBe(scenarios.length);
});

test.each<[string, string, number | undefined]>([
  ['exit 0', 'SUCCEEDED', 0],
  ['exit 3', 'ExitCode', 3],
  ['out of memory, exit 2', 'OutOfMemory', 2],
  ['docker silent, exit 0', 'Infrastructure', 0],
  ['host reclaimed', 'SpotReclaimed', undefined],
  ['killed, and nobody says why', 'Unknown', 137],
])('the ending %j is %s', (text, truth, exitCode) => {
  expect([readEnding(text)?.truth, readEnding(text)?.exit?.exitCode]).toEqual([truth, exitCode]);
});

test.each(['', 'exit', 'boom', 'exit three'])('%j is no ending', (text) => {
  expect(readEnding(text)).toBeUndefined();
});
