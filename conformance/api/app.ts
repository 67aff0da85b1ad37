// Synthesizes an API with parameters of every kind, in CDK_OUTDIR.
import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchApi, HeavyBatchApiValueType, HeavyBatchCompute, HeavyBatchJob } from '../../src';

const app = new App({ outdir: process.env.CDK_OUTDIR, analyticsReporting: false });
const stack = new Stack(app, 'App');
const compute = new HeavyBatchCompute(stack, 'Compute', { maxvCpus: 4 });
const job = (id: string, parameters: Record<string, string>) => new HeavyBatchJob(stack, id, {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  command: ['work', ...Object.keys(parameters).map((name) => `Ref::${name}`)],
  parameters,
  memory: Size.mebibytes(512),
});

new HeavyBatchApi(stack, 'Api', {
  allowAnonymousAccess: true,
  jobs: [{
    job: job('Sort', { megabytes: '300', ratio: '0.5', dry: 'false', mode: 'fast', code: 'abc' }),
    parameters: {
      megabytes: { valueType: HeavyBatchApiValueType.INTEGER, minimum: 1, maximum: 1000, description: 'How much is sorted.' },
      ratio: { valueType: HeavyBatchApiValueType.NUMBER, minimum: 0, maximum: 1 },
      dry: { valueType: HeavyBatchApiValueType.BOOLEAN },
      mode: { valueType: HeavyBatchApiValueType.TEXT, allowedValues: ['fast', 'exact'] },
      code: { valueType: HeavyBatchApiValueType.TEXT, pattern: '^[a-z]+$', minLength: 1, maxLength: 8, required: true },
    },
  }, {
    job: job('Count', { words: '1' }),
    parameters: { words: { valueType: HeavyBatchApiValueType.INTEGER, minimum: 0, maximum: 9 } },
  }],
});
app.synth();
