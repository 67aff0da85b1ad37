// The breaks of the self-test: how the interpreter of the emulator is changed.

const CHOICE = 'emulator/states/choice.ts';
const HANDLERS = 'emulator/states/error-handlers.ts';

export const BREAKS = [
  { title: '<= is <', file: CHOICE, from: '(a, b) => a <= b', to: '(a, b) => a < b' },
  { title: '>= is >', file: CHOICE, from: '(a, b) => a >= b', to: '(a, b) => a > b' },
  { title: '< is <=', file: CHOICE, from: '(a, b) => a < b', to: '(a, b) => a <= b' },
  { title: 'Not is forgotten', file: CHOICE, from: 'return !holds(rule.Not, scope)', to: 'return holds(rule.Not, scope)' },
  { title: 'Or is And', file: CHOICE, from: 'rule.Or.some(', to: 'rule.Or.every(' },
  // A Variable that does not exist is explained; one that exists is not.
  { title: 'a Variable that is false does not exist', file: CHOICE, from: 'if (value === undefined) throw', to: 'if (value === undefined || value === false) throw' },
  { title: 'the first name of a handler is forgotten', file: HANDLERS, from: 'handler.ErrorEquals.some(', to: 'handler.ErrorEquals.slice(1).some(' },
  { title: 'States.TaskFailed is handled by its name only', file: HANDLERS, from: "(name === 'States.TaskFailed' &&", to: "(name === 'never' &&" },
];
