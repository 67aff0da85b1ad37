import { inPresentWords, mutantInPresentWords } from '../../simulation/former-keywords';
import { readScenario } from '../../simulation/scenario';

const FORMER = `
about: Something goes wrong in former words.
within: 1s
inputs: [{ first: 1, done: 2 }]
placement: [{ says: no place, runnable: for ever }]
calls: [{ of: SubmitJob, fails: no answer, done: true, first: 2 }]
answers: [{ of: DescribeJobs, puts: { done: 1 }, first: 1 }]
functions: [{ of: watch, fails: before }, { of: submit, fails: after, first: 1 }]
people: [{ does: stop the run, when: run started }]
visible: { ListJobs: 1s }
expects: [the truth]
bounds: { leftovers: 5m }
`;
const PRESENT = `
description: Something goes wrong in former words.
startWithin: 1s
inputs: [{ first: 1, done: 2 }]
placement: [{ statusReason: no place, runnable: for ever }]
calls: [{ of: SubmitJob, fails: no response, applied: true, atMost: 2 }]
alterations: [{ of: DescribeJobs, set: { done: 1 }, atMost: 1 }]
functions: [{ of: check, fails: before its work }, { of: submit, fails: after its work, atMost: 1 }]
actions: [{ action: stop the run, when: run started }]
visibleAfter: { ListJobs: 1s }
expects: [actual outcome]
bounds: { orphans: 5m }
`;

test('a scenario with former keywords is read like one with the present ones', () => {
  expect(readScenario('mine', FORMER)).toEqual(readScenario('mine', PRESENT));
  expect(readScenario('mine', PRESENT)).toMatchObject({ inputs: [{ first: 1, done: 2 }], alterations: [{ set: { done: 1 } }] });
});

test.each([null, 'text', 7, [1], { actions: 'none', __proto__: null, constructor: 1, bounds: null }])('what is no scenario is left as it is: %j', (given) => {
  expect(inPresentWords(given)).toEqual(given);
});

test('a former keyword in another place is refused like any unknown field', () => {
  expect(() => readScenario('mine', 'description: Something else goes wrong.\nplacement: [{ first: 1 }]')).toThrow(/first/);
});

test('a mutant with former keywords', () => {
  expect(mutantInPresentWords({ find: 'a', put: 'b', every: true, seenBy: 'c' })).toEqual({ find: 'a', replace: 'b', everywhere: true, caughtBy: 'c' });
});
