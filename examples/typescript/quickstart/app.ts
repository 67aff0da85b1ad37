import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob, HeavyBatchResultSource } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Quickstart');

new HeavyBatchJob(stack, 'Sort', {
  imageDirectory: path.join(__dirname, 'image'),
  instanceTypes: [new ec2.InstanceType('c6i.large'), new ec2.InstanceType('m6i.large')],
  vcpus: 1,
  memory: Size.mebibytes(1024),
  command: ['node', 'index.js', 'Ref::megabytes'],
  parameters: { megabytes: '30' },
  resultSource: HeavyBatchResultSource.LOG,
});
