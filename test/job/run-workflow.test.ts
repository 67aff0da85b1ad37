import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchListFormat } from '../../src';
import { FAILURE_REASONS, SUBMIT_ERRORS } from '../../src/contract/errors';
import { definitionOf, definitionTexts } from '../definitions';
import { ARTICLE, everyProp, newJob, newStack, templateOf, threeJobs } from '../stacks';

describe('the state machine of a run', () => {
  const { States: states } = definitionOf(templateOf(ARTICLE));

  test('has three states on the way of a run without problems, and no state that waits or polls', () => {
    expect(Object.keys(states).sort()).toEqual(['CleanUp', 'CleanUpOnceMore', 'Done', 'NextRound', 'OrchestrationFailed', 'Run', 'RunAgain']);
    expect(Object.values(states).map((state: any) => state.Type)).not.toContain('Wait');
    expect(states.Run.Resource).toContain(':states:::lambda:invoke.waitForTaskToken');
    expect(states.NextRound).toEqual({ Type: 'Choice', Choices: [{ Variable: '$.nextRound', IsPresent: true, Next: 'RunAgain' }], Default: 'Done' });
  });

  test('retries no verdict, whatever its reason is', () => {
    expect(states.Run.Retry[0]).toEqual({ MaxAttempts: 0, ErrorEquals: [...FAILURE_REASONS, 'InvalidInput', 'JobNotFound', 'SubmitRefused'] });
  });

  test('waits at least a minute before it retries a submission whose outcome is not known', () => {
    const [, throttled, heartbeat, others, ...more] = states.Run.Retry;
    expect(throttled).toEqual({
      ErrorEquals: ['SubmitThrottled', 'Lambda.TooManyRequestsException'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 100, JitterStrategy: 'FULL',
    });
    expect(heartbeat).toEqual({ ErrorEquals: ['States.HeartbeatTimeout'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 10 });
    expect(others).toEqual({ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, BackoffRate: 1.5, MaxDelaySeconds: 300, MaxAttempts: 8 });
    expect(more).toEqual([]);
  });

  test('catches no verdict, so that a redrive runs the job again', () => {
    const caught = states.Run.Catch.flatMap((handler: any) => handler.ErrorEquals);
    for (const reason of [...FAILURE_REASONS, 'InvalidInput', 'States.ALL']) expect(caught).not.toContain(reason);
  });

  test('cleans up after each error of the submit function, of Lambda, and of the state itself', () => {
    expect(states.Run.Catch).toEqual([{
      ErrorEquals: [
        ...Object.values(SUBMIT_ERRORS), 'States.HeartbeatTimeout', 'States.Timeout', 'States.Permissions',
        ...['ServiceException', 'AWSLambdaException', 'SdkClientException', 'ClientExecutionTimeoutException', 'TooManyRequestsException', 'AccessDeniedException',
          'ResourceNotFoundException', 'Unknown'].map((error) => `Lambda.${error}`),
        'Sandbox.Timedout',
        ...['ExitError', 'ImportModuleError', 'HandlerNotFound', 'UserCodeSyntaxError', 'UnhandledPromiseRejection', 'OutOfMemory', 'Unknown'].map((error) => `Runtime.${error}`),
        'Extension.Crash', 'Error', 'TypeError', 'RangeError', 'TimeoutError',
      ],
      Next: 'CleanUp',
    }]);
  });

  test('tells the submit function the job, the run, and where to answer; a later round also what the verdict asked for', () => {
    const { job, ...request } = states.Run.Parameters.Payload;
    expect(job).toMatchObject({ vcpus: 1, memory: 1024, parameters: ['processId'], attemptTimeout: 86_400, queueTimeout: 86_400, startTimeout: 10_800 });
    expect(request).toEqual({
      'execution.$': '$$.Execution', 'enteredAt.$': '$$.State.EnteredTime', 'retryCount.$': '$$.State.RetryCount', 'token.$': '$$.Task.Token',
    });
    expect(states.RunAgain).toEqual({
      ...states.Run, Parameters: { ...states.Run.Parameters, Payload: { ...states.Run.Parameters.Payload, 'nextRound.$': '$.nextRound' } },
    });
  });

  test('ends the jobs of a run that gives up at once, and again a minute later, each of them even if the other fails', () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 6 }];
    const request = { cleanUp: { 'execution.$': '$$.Execution.Id', 'redrive.$': '$$.Execution.RedriveCount' } };
    expect(states.CleanUp).toMatchObject({ Type: 'Task', ResultPath: null, Retry, Next: 'CleanUpOnceMore', Parameters: { Payload: request } });
    expect(states.CleanUp.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'CleanUpOnceMore' }]);
    expect(states.CleanUpOnceMore).toMatchObject({ Type: 'Task', ResultPath: null, Retry, Next: 'OrchestrationFailed', Parameters: { MessageBody: request, DelaySeconds: 60 } });
    expect(states.CleanUpOnceMore.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'OrchestrationFailed' }]);
    expect(states.OrchestrationFailed).toEqual({ Type: 'Fail', Error: 'OrchestrationFailed', CausePath: "States.Format('{}: {}', $.Error, $.Cause)" });
    expect(states.Done).toEqual({ Type: 'Succeed' });
  });

  test('has a heartbeat that lapses only after three missing checks', () => {
    expect(states.Run.HeartbeatSeconds).toBe(3 * 15 * 60);
    expect(states.RunAgain.HeartbeatSeconds).toBe(3 * 15 * 60);
  });
});

/** Two independent validators read the definitions. Each of them finds errors that the other one misses. */
const { getLanguageService } = require('amazon-states-language-service'); // eslint-disable-line @typescript-eslint/no-require-imports
const aslValidator = require('asl-validator'); // eslint-disable-line @typescript-eslint/no-require-imports
const { TextDocument } = require('vscode-languageserver-textdocument'); // eslint-disable-line @typescript-eslint/no-require-imports

async function errorsOf(definition: string): Promise<string[]> {
  const { isValid, errors } = aslValidator(JSON.parse(definition));
  const service = getLanguageService({ validate: true, allowComments: false });
  const document = TextDocument.create('file://definition.asl.json', 'asl', 1, definition);
  const diagnostics = await service.doValidation(document, service.parseJSONDocument(document), { schemaValidation: 'error' });
  return [...(isValid ? [] : errors.map((error: unknown) => JSON.stringify(error))), ...diagnostics.map(({ message }: { message: string }) => message)];
}

const templateWith = (build: (stack: Stack) => void) => {
  const stack = newStack();
  build(stack);
  return Template.fromStack(stack);
};

test.each<[string, () => Template]>([
  ['a job with default props', () => templateOf()],
  ['the job of the article', () => templateOf(ARTICLE)],
  ['a job with every prop', () => templateWith(everyProp)],
  ['three jobs on one compute', () => templateWith(threeJobs)],
  ['a map', () => templateWith((stack) => newJob({}, stack).addMap('Each', { bucket: new s3.Bucket(stack, 'Bucket') }))],
  ['a map with every prop', () => templateWith((stack) => newJob({ fairShare: {} }, stack).addMap('Each', {
    bucket: new s3.Bucket(stack, 'Bucket'), key: 'list.csv', format: HeavyBatchListFormat.csv(['processId']), toleratedFailurePercentage: 5, shareIdentifier: 'nightly',
  }))],
])('the definition of %s is valid', async (_, template) => {
  const definitions = definitionTexts(template());
  expect(definitions.length).toBeGreaterThan(0);
  for (const definition of definitions) expect(await errorsOf(definition)).toEqual([]);
});

test.each<[string, (machine: any) => void]>([
  ['a transition to a state that does not exist', (machine) => { machine.States.NextRound.Default = 'Nowhere'; }],
  ['an unknown field', (machine) => { machine.States.Run.Heartbeats = 5; }],
])('the validators find %s', async (_, spoil) => {
  const machine = JSON.parse(definitionTexts(templateOf(ARTICLE))[0]);
  spoil(machine);
  expect(await errorsOf(JSON.stringify(machine))).not.toEqual([]);
});
