import { templateOf } from '../stacks';

const retryStrategyOf = (props: object) => Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'))[0].Properties.RetryStrategy;

describe('Batch starts the container again', () => {
  test('after errors that the application did not cause', () => {
    expect(retryStrategyOf({})).toEqual({
      Attempts: 3,
      EvaluateOnExit: [
        { Action: 'RETRY', OnStatusReason: 'Host EC2*' },
        { Action: 'RETRY', OnReason: 'Cannot*' },
        { Action: 'RETRY', OnReason: 'DockerTimeoutError*' },
        { Action: 'RETRY', OnStatusReason: 'Task failed to start*' },
        { Action: 'EXIT', OnReason: '*' },
      ],
    });
  });

  test('after exit codes too with retryApplicationErrors, but not with the same memory after it ran out of memory', () => {
    expect(retryStrategyOf({ attempts: 5, retryApplicationErrors: true })).toEqual({
      Attempts: 5,
      EvaluateOnExit: [
        { Action: 'RETRY', OnStatusReason: 'Host EC2*' },
        { Action: 'EXIT', OnReason: 'OutOfMemoryError*' },
        { Action: 'RETRY', OnReason: '*' },
      ],
    });
  });
});
