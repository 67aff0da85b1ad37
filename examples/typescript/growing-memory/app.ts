import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'GrowingMemory');

// Most inputs need up to 1 GiB. If one needs more, its run has further rounds with 2, 4 and 7 GiB before it fails with OutOfMemory.
new HeavyBatchJob(stack, 'Join', {
  imageDirectory: path.join(__dirname, 'image'),
  instanceTypes: [new ec2.InstanceType('m6i.large')],
  memory: Size.gibibytes(1),
  maxMemory: Size.gibibytes(7), // an m6i.large with 8 GiB leaves a little more than this to a container
  command: ['node', 'index.js', 'Ref::customers'],
  parameters: { customers: '100000' },
});
