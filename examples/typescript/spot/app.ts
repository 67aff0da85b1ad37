import * as path from 'path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Spot');

// Batch starts a container again whose Spot instance was reclaimed, `attempts` times in all. After that the run has one more round, on
// on-demand instances: it costs more, and it ends.
new HeavyBatchJob(stack, 'Primes', {
  imageDirectory: path.join(__dirname, 'image'),
  // The more types, the more pools of spare capacity to choose from.
  instanceTypes: ['c6i.large', 'c6a.large', 'c7i.large', 'm6i.large', 'm6a.large', 'm7i.large'].map((name) => new ec2.InstanceType(name)),
  spot: true,
  attempts: 4,
  attemptTimeout: Duration.hours(2),
  memory: Size.mebibytes(1024),
  command: ['node', 'index.js', 'Ref::limit'],
  parameters: { limit: '3000000' },
});
