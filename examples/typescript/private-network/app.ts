import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchCompute, HeavyBatchJob } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Private');

// Isolated subnets: no public address, no way to the internet, and endpoints for what instances need to run a job.
const compute = new HeavyBatchCompute(stack, 'Compute', { vpcEndpoints: true, maxvCpus: 16 });

new HeavyBatchJob(stack, 'Pseudonyms', {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  vcpus: 1,
  memory: Size.gibibytes(1),
  command: ['node', 'index.js', 'Ref::patients'],
  parameters: { patients: '200000' },
});
