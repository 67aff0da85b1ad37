import * as path from 'path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchCompute, HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'FairShare');

// A team that submits ten thousand jobs does not delay the jobs of other teams.
const compute = new HeavyBatchCompute(stack, 'Compute', {
  maxvCpus: 64,
  fairShare: {
    weights: { interactive: 0.25, nightly: 4 }, // a share with a lower weight gets more vCPUs
    shareDecay: Duration.hours(1),
    computeReservation: 10,
  },
});

new HeavyBatchJob(stack, 'Digest', {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  shareIdentifier: 'nightly', // for runs whose input names no share
  command: ['node', 'index.js', 'Ref::rounds'],
  parameters: { rounds: '300000' },
});
