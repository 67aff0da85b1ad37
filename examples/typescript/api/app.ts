import * as path from 'path';
import { App, CfnOutput, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchApi, HeavyBatchApiValueType, HeavyBatchJob, HeavyBatchResultSource } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Api');

const job = new HeavyBatchJob(stack, 'Primes', {
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  maxvCpus: 8,
  command: ['node', 'index.js', 'Ref::limit'],
  parameters: { limit: '1000000' },
  resultSource: HeavyBatchResultSource.LOG, // a line that the program prints
});

// Without an `authorizer`, callers sign their requests with credentials of AWS, and need the permission of `api.grantInvoke(caller)`.
const api = new HeavyBatchApi(stack, 'Api', {
  jobs: [{
    job,
    parameters: { limit: { valueType: HeavyBatchApiValueType.INTEGER, description: 'Primes below this number are counted.', minimum: 2, maximum: 50_000_000 } },
  }],
  console: true, // everybody may open the web page; what it shows needs what a call needs
});

new CfnOutput(stack, 'Url', { value: api.url });
new CfnOutput(stack, 'Console', { value: `${api.url}/console` });
