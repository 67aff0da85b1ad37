import { App, CfnParameter, Environment, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchQueueCompute } from '../../src';
import { IMAGE } from '../stacks';

const [account, other] = ['111111111111', '222222222222'];
const US = { account, region: 'us-east-1' };

function errorOf(build: (app: App) => void): string {
  const app = new App({ analyticsReporting: false });
  try {
    build(app);
    app.synth();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('a compute', () => {
  const REMEDY = "and AWS Batch runs jobs only in their own account and Region; use a compute of this account and Region, or the same 'env' for both stacks (at Jobs/Job)";
  const errorWith = (computeEnv?: Environment, jobEnv?: Environment, crossRegionReferences = false) => errorOf((app) => {
    const compute = new HeavyBatchCompute(new Stack(app, 'Computes', { env: computeEnv, crossRegionReferences }), 'Compute');
    new HeavyBatchJob(new Stack(app, 'Jobs', { env: jobEnv, crossRegionReferences }), 'Job', { compute, imageDirectory: IMAGE });
  });

  test.each<[string, Environment | undefined, Environment | undefined, string]>([
    ['another Region', US, { account, region: 'eu-west-1' }, `'compute' is in us-east-1 of account ${account}, but the job is in eu-west-1 of account ${account}, ${REMEDY}`],
    ['another account', US, { account: other, region: 'us-east-1' }, `'compute' is in us-east-1 of account ${account}, but the job is in us-east-1 of account ${other}, ${REMEDY}`],
    ['a stack without env', undefined, US, `'compute' is in a stack without 'env', but the job is in us-east-1 of account ${account}, ${REMEDY}`],
    ['a stack with env, for a job without,', US, undefined, `'compute' is in us-east-1 of account ${account}, but the job is in a stack without 'env', ${REMEDY}`],
    ['a stack with only a Region', { region: 'us-east-1' }, US, `'compute' is in us-east-1 of an account that is not known, but the job is in us-east-1 of account ${account}, ${REMEDY}`],
    ['a stack with only an account', { account }, US, `'compute' is in a Region that is not known of account ${account}, but the job is in us-east-1 of account ${account}, ${REMEDY}`],
  ])('of %s is refused', (_, computeEnv, jobEnv, message) => {
    expect(errorWith(computeEnv, jobEnv)).toBe(message);
    expect(errorWith(computeEnv, jobEnv, true)).toBe(message);
  });

  test.each<[string, Environment | undefined]>([['with the same env', US], ['without env', undefined], ['with the same Region', { region: 'us-east-1' }]])('of another stack %s is accepted', (_, env) => {
    expect(errorWith(env, env)).toBe('no error');
  });
});

describe('a job queue', () => {
  const arn = (region: string, owner = account) => `arn:aws:batch:${region}:${owner}:job-queue/heavy`;
  const errorWith = (env: Environment | undefined, ...arns: ((stack: Stack) => string)[]) => errorOf((app) => {
    const stack = new Stack(app, 'Stack', { env });
    const [jobQueue, onDemandJobQueue] = arns.map((arnOf, index) => batch.JobQueue.fromJobQueueArn(stack, `Queue${index}`, arnOf(stack)));
    const compute = new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue, onDemandJobQueue });
    new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: IMAGE });
  });
  const REMEDY = `but the compute is in us-east-1 of account ${account}; use a job queue of the same account and Region, or another 'env' for the stack (at Stack/Compute)`;

  test('of another account or Region is refused', () => {
    expect(errorWith(US, () => arn('eu-west-1'))).toBe(`'jobQueue' is in eu-west-1 of account ${account}, ${REMEDY}`);
    expect(errorWith(US, () => arn('us-east-1', other))).toBe(`'jobQueue' is in us-east-1 of account ${other}, ${REMEDY}`);
    expect(errorWith(US, () => arn('us-east-1'), () => arn('eu-west-1'))).toBe(`'onDemandJobQueue' is in eu-west-1 of account ${account}, ${REMEDY}`);
  });

  test('is accepted in the same place, and where one of the places is not known', () => {
    expect(errorWith(US, () => arn('us-east-1'))).toBe('no error');
    expect(errorWith(undefined, () => arn('eu-west-1'))).toBe('no error');
    expect(errorWith(US, (stack) => new CfnParameter(stack, 'Arn').valueAsString)).toBe('no error');
    expect(errorWith(US, (stack) => arn(new CfnParameter(stack, 'Region').valueAsString))).toBe('no error');
  });

  test('that another stack of the app creates is refused in another Region', () => {
    expect(errorOf((app) => {
      const queue = new HeavyBatchCompute(new Stack(app, 'Far', { env: { account, region: 'eu-west-1' } }), 'Compute').jobQueue;
      new HeavyBatchQueueCompute(new Stack(app, 'Stack', { env: US }), 'Compute', { jobQueue: queue });
    })).toBe(`'jobQueue' is in eu-west-1 of account ${account}, ${REMEDY}`);
  });
});
