import * as path from 'path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Spot');

// When a Spot instance is reclaimed, Batch starts the container again, `attempts` times in total. After that the run has another round on
// on-demand instances, which cost more and are not reclaimed.
new HeavyBatchJob(stack, 'Primes', {
  imageDirectory: path.join(__dirname, 'image'),
  // With more instance types, Batch can choose from more pools of spare capacity.
  instanceTypes: ['c6i.large', 'c6a.large', 'c7i.large', 'm6i.large', 'm6a.large', 'm7i.large'].map((name) => new ec2.InstanceType(name)),
  spot: true,
  attempts: 4,
  attemptTimeout: Duration.hours(2),
  memory: Size.mebibytes(1024),
  command: ['node', 'index.js', 'Ref::limit'],
  parameters: { limit: '3000000' },
});
