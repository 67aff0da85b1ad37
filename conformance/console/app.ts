// Synthesizes an API with its web page, in CDK_OUTDIR: one that everybody may call, and one for principals of AWS.
import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchApi, HeavyBatchApiValueType, HeavyBatchCompute, HeavyBatchJob, HeavyBatchResultSource } from '../../src';

const app = new App({ outdir: process.env.CDK_OUTDIR, analyticsReporting: false });
const stack = new Stack(app, 'App');
const compute = new HeavyBatchCompute(stack, 'Compute', { maxvCpus: 8 });
const job = (id: string, parameters: Record<string, string>) => new HeavyBatchJob(stack, id, {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  command: ['node', 'index.js', ...Object.keys(parameters).map((name) => `Ref::${name}`)],
  parameters,
  vcpus: 2,
  memory: Size.gibibytes(4),
  resultSource: HeavyBatchResultSource.LOG,
});

const report = job('Report', { title: 'Quarterly figures', pages: '300', outcome: 'succeed', seconds: '2', draft: 'false' });
const INTEGER = HeavyBatchApiValueType.INTEGER;
new HeavyBatchApi(stack, 'Reports', {
  allowAnonymousAccess: true,
  console: true,
  jobs: [{
    job: report,
    name: 'report',
    parameters: {
      title: { valueType: HeavyBatchApiValueType.TEXT, minLength: 1, maxLength: 60, description: 'What the first page says.' },
      pages: { valueType: INTEGER, minimum: 1, maximum: 1000, required: true, description: 'How many pages are rendered.' },
      outcome: { valueType: HeavyBatchApiValueType.TEXT, allowedValues: ['succeed', 'fail'] },
      seconds: { valueType: HeavyBatchApiValueType.NUMBER, minimum: 0, maximum: 600, description: 'How long the work takes.' },
      draft: { valueType: HeavyBatchApiValueType.BOOLEAN },
    },
  }, {
    job: job('Import', { source: 'orders', pages: '40', outcome: 'succeed', seconds: '1' }),
    name: 'import',
  }],
});
new HeavyBatchApi(stack, 'Signed', { console: true, jobs: [{ job: report, name: 'report' }] });
app.synth();
