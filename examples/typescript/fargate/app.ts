import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Fargate');

// No instance to choose, to start or to wait for: the same runs, verdicts and rounds.
new HeavyBatchJob(stack, 'Thumbnail', {
  imageDirectory: path.join(__dirname, 'image'),
  fargate: true,
  spot: true, // Fargate Spot, and where it is reclaimed too often, Fargate
  cpuArchitecture: ecs.CpuArchitecture.ARM64,
  vcpus: 1,
  memory: Size.gibibytes(2),
  maxMemory: Size.gibibytes(8), // the most that one vCPU has
  command: ['node', 'index.js', 'Ref::pixels'],
  parameters: { pixels: '2048' },
});
