import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { UsageError } from '../../cli/errors';
import { findJob, jobsOf, servedOf } from '../../cli/jobs';
import { AssemblyError } from '../../emulator/assembly/assembly';
import { HeavyBatchJob } from '../../src';
import { deploymentOf, imageOf } from '../emulator/apps';

const deployment = deploymentOf((stack) => {
  const compute = new HeavyBatchJob(stack, 'Sort', { imageDirectory: imageOf({}) }).compute;
  const nested = new Construct(stack, 'Nested');
  new HeavyBatchJob(nested, 'Sort', { compute, imageDirectory: imageOf({}) }).addMap('Each', { bucket: new s3.Bucket(stack, 'Lists'), key: 'list.jsonl' });
});

test('the jobs of an app are found by their state machines, and so are those that run for the items of a list', () => {
  expect(jobsOf(deployment).map(({ path, list }) => [path, list?.key])).toEqual([['App/Sort', undefined], ['App/Nested/Sort', undefined], ['App/Nested/Sort/Each', 'list.jsonl']]);
});

test('a job is found by its path, or by the end of its path when that is unique', () => {
  expect(findJob(deployment, 'App/Sort').path).toBe('App/Sort');
  expect(findJob(deployment, 'Sort/Each').path).toBe('App/Nested/Sort/Each');
  expect(() => findJob(deployment, 'Sort')).toThrow("the app has 2 jobs 'Sort'; name one of them by its full path:\n  App/Sort\n  App/Nested/Sort");
  expect(() => findJob(deployment, 'Sort')).toThrow(UsageError);
});

test('without a path, the only job of an app is found', () => {
  const stateMachines = (...paths: string[]) => ({ ...deployment, stateMachines: deployment.stateMachines.filter(({ path }) => paths.includes(path)) });
  expect(findJob(stateMachines('App/Nested/Sort/Run', 'App/Nested/Sort/Each'), undefined).path).toBe('App/Nested/Sort');
  expect(() => findJob(deployment, undefined)).toThrow('the app has 3 jobs; name one of them:\n  App/Sort');
  expect(() => findJob(stateMachines(), undefined)).toThrow('the app has no HeavyBatchJob');
});

describe('a state machine that cannot be resolved', () => {
  const [machine] = deployment.stateMachines;
  const fault = (path: string) => ({ ...machine, path, type: 'AWS::StepFunctions::StateMachine', message: `${path} imports 'x'` });
  const appOf = (stateMachines: typeof deployment.stateMachines, ...paths: string[]) => ({ ...deployment, stateMachines, faults: paths.map(fault) });

  test.each<[string | undefined]>([[undefined], ['App/Odd'], ['Odd']])('is told, when it is the job %s that is wanted', (path) => {
    expect(() => findJob(appOf([], 'App/Odd/Run'), path)).toThrow(new AssemblyError("App/Odd/Run imports 'x'"));
  });

  test('is told when it is wanted beside other jobs, and does not matter otherwise', () => {
    const app = appOf(deployment.stateMachines, 'App/Foreign', 'App/Odd/Run');
    expect(() => findJob(app, 'Odd')).toThrow(new AssemblyError("App/Odd/Run imports 'x'"));
    expect(findJob(app, 'App/Sort').path).toBe('App/Sort');
    expect(() => findJob(app, 'Even')).toThrow("the app has no job 'Even'");
    expect(() => findJob(appOf([], 'App/Foreign'), undefined)).toThrow('the app has no HeavyBatchJob');
  });
});

test('a job comes with what of its app it reaches', () => {
  const { deployment: reached } = findJob(deployment, 'App/Sort');
  expect(reached.stateMachines.map(({ path }) => path)).toEqual(['App/Sort/Run']);
});

test.each<[object]>([[{}], [{ States: null }], [{ States: [] }], [{ States: { A: null, B: 'text', C: { ItemProcessor: { States: { D: null } } } } }]])('a state machine with the definition %j is no job', (definition) => {
  expect(jobsOf({ ...deployment, stateMachines: [{ ...deployment.stateMachines[0], definition: definition as Record<string, unknown> }] })).toEqual([]);
});

test('what is in another account or Region than the first job is not served', () => {
  const [first, ...others] = deployment.stateMachines;
  const moved = JSON.parse(JSON.stringify(others).replaceAll('us-east-1', 'eu-west-1'));
  const { jobs, notServed, deployment: { region } } = servedOf({ ...deployment, stateMachines: [first, ...moved] });
  expect([region, jobs.map(({ path }) => path), notServed]).toEqual([
    'us-east-1', ['App/Sort'], ['App/Nested/Sort', 'App/Nested/Sort/Each'].map((path) => `${path} is not served: it is in another account or Region than App/Sort`),
  ]);
  expect(servedOf(deployment).notServed).toEqual([]);
});
