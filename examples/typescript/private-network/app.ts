import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchCompute, HeavyBatchJob } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Private');

// Isolated subnets have no public IP addresses and no route to the internet. VPC endpoints give access to the services that instances need.
const compute = new HeavyBatchCompute(stack, 'Compute', { vpcEndpoints: true, maxvCpus: 16 });

new HeavyBatchJob(stack, 'Pseudonyms', {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  vcpus: 1,
  memory: Size.gibibytes(1),
  command: ['node', 'index.js', 'Ref::patients'],
  parameters: { patients: '200000' },
});
