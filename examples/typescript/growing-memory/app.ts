import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'GrowingMemory');

// Most inputs fit into 1 GiB. One that does not is run again with 2, 4 and 7 GiB, before its run fails with OutOfMemory.
new HeavyBatchJob(stack, 'Join', {
  imageDirectory: path.join(__dirname, 'image'),
  instanceTypes: [new ec2.InstanceType('m6i.large')],
  memory: Size.gibibytes(1),
  maxMemory: Size.gibibytes(7), // of 8 GiB an m6i.large leaves this, and a little more
  command: ['node', 'index.js', 'Ref::customers'],
  parameters: { customers: '100000' },
});
