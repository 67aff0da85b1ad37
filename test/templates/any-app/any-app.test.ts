import * as fc from 'fast-check';
import { ANY_APP } from './any-app';
import { Outcome, outcomeOf, outcomeOfError, outcomeOfTemplates } from './outcome';

/** Another sample: `SEED=7 APPS=500 npx jest test/templates/any-app`. */
const SEED = Number(process.env.SEED ?? 1);
const APPS = Number(process.env.APPS ?? 60);

const outcomes: Outcome[] = [];
const { counterexample } = fc.check(fc.property(ANY_APP, (spec) => {
  const outcome = outcomeOf(spec);
  outcomes.push(outcome);
  return outcome.problem === undefined;
}), { seed: SEED, numRuns: APPS });

test(`each of ${APPS} apps of SEED=${SEED} has sound templates, or is refused with a prop, a remedy and a path`, () => {
  const [smallest] = counterexample ?? [];
  expect(smallest && `${fc.stringify(smallest)}\n${outcomeOf(smallest).problem}`).toBeUndefined();
});

test('at least a third of the apps synthesize, and at least a tenth are refused', () => {
  expect(outcomes.filter(({ templates }) => templates).length).toBeGreaterThanOrEqual(outcomes.length / 3);
  expect(outcomes.filter(({ refusal }) => refusal).length).toBeGreaterThanOrEqual(outcomes.length / 10);
});

describe('an error is not one of this library', () => {
  const message = "'vcpus' is 0; use 1 to 1024 (at Shared/Job)";
  test.each<[string, Error]>([
    ['when it is of JavaScript', new TypeError(message)],
    ['when it names no prop', new Error('vcpus is 0; use 1 to 1024 (at Shared/Job)')],
    ['when it names what is no prop', new Error("'cpus' is 0; use 1 to 1024 (at Shared/Job)")],
    ['when it has no remedy', new Error("'vcpus' is 0 (at Shared/Job)")],
    ['when it has no path', new Error("'vcpus' is 0; use 1 to 1024")],
    ['when it has the path of nothing', new Error("'vcpus' is 0; use 1 to 1024 (at Elsewhere)")],
    ['when it has a token', new Error("'vcpus' is ${Token[TOKEN.12]}; use 1 to 1024 (at Shared/Job)")],
    ['when it has the number of a token', new Error("'vcpus' is -1.8881545897087626e+289; use 1 to 1024 (at Shared/Job)")],
    ['when it has an object', new Error("'vcpus' is [object Object]; use 1 to 1024 (at Shared/Job)")],
  ])('%s', (_title, error) => {
    expect(outcomeOfError(error)).toEqual({ problem: expect.stringContaining(error.message) });
    expect(outcomeOfError(new Error(message))).toEqual({ refusal: message });
  });
});

test('a template is unsound when it has a token, refers to nothing, or imports what no stack exports', () => {
  const topic = (name: unknown) => JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } } } });
  expect(outcomeOfTemplates({ sound: topic('a') })).toEqual({ templates: { sound: topic('a') } });
  expect(['${Token[TOKEN.12]}', { Ref: 'Nothing' }, { 'Fn::ImportValue': 'Other:Name' }].map((name) => outcomeOfTemplates({ one: topic(name) }).problem)).toEqual([
    'one has a token that is not resolved', expect.stringContaining('Nothing'), expect.stringContaining('Other:Name'),
  ]);
});
