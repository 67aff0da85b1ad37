import * as path from 'path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchCompute, HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'FairShare');

// Whoever submits ten thousand jobs does not keep the others waiting.
const compute = new HeavyBatchCompute(stack, 'Compute', {
  maxvCpus: 64,
  fairShare: {
    weights: { interactive: 0.25, nightly: 4 }, // the less a share weighs, the more it gets
    shareDecay: Duration.hours(1),
    computeReservation: 10,
  },
});

new HeavyBatchJob(stack, 'Digest', {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  shareIdentifier: 'nightly', // of runs that name no other
  command: ['node', 'index.js', 'Ref::rounds'],
  parameters: { rounds: '300000' },
});
