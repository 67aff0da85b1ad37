import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob, HeavyBatchQueueCompute } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'ExistingQueue');

// Another team operates this queue. The queue and its compute environments stay as they are. Jobs are validated against these facts at synth.
const arn = stack.formatArn({ service: 'batch', resource: 'job-queue', resourceName: 'heavy' });
const compute = new HeavyBatchQueueCompute(stack, 'Queue', {
  jobQueue: batch.JobQueue.fromJobQueueArn(stack, 'Existing', arn),
  instanceTypes: [new ec2.InstanceType('m6i.large'), new ec2.InstanceType('m6i.xlarge')],
  maxvCpus: 128,
});

new HeavyBatchJob(stack, 'Simulate', {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  vcpus: 2,
  memory: Size.gibibytes(4),
  command: ['node', 'index.js', 'Ref::darts'],
  parameters: { darts: '20000000' },
});
