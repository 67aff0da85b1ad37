import { templateOf } from '../stacks';

const retryStrategyOf = (props: object) => Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'))[0].Properties.RetryStrategy;
const INVALID_COMMAND = [
  { Action: 'EXIT', OnReason: expect.stringMatching(/^CannotStartContainerError: Error response from daemon: .* process: exec: \*$/) },
  { Action: 'EXIT', OnReason: expect.stringMatching(/^CannotStartContainerError: Error response from daemon: .* error during container init: exec: \*$/) },
];

describe('Batch starts the container again', () => {
  test('after errors that the application did not cause', () => {
    expect(retryStrategyOf({})).toEqual({
      Attempts: 3,
      EvaluateOnExit: [
        ...INVALID_COMMAND,
        { Action: 'RETRY', OnReason: 'C*' },
        { Action: 'RETRY', OnReason: 'Docker*' },
        { Action: 'EXIT', OnStatusReason: 'Essential container in task exited*' },
      ],
    });
  });

  test('after exit codes too with retryApplicationErrors, but not with the same memory after it ran out of memory', () => {
    expect(retryStrategyOf({ attempts: 5, retryApplicationErrors: true })).toEqual({
      Attempts: 5,
      EvaluateOnExit: [{ Action: 'EXIT', OnReason: 'OutOfMemoryError*' }, ...INVALID_COMMAND],
    });
  });
});
