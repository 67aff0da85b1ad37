import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Fargate');

// There is no instance to choose and to wait for. Runs, verdicts and rounds are the same as on instances.
new HeavyBatchJob(stack, 'Thumbnail', {
  imageDirectory: path.join(__dirname, 'image'),
  fargate: true,
  spot: true, // Fargate Spot, and Fargate for runs whose capacity was reclaimed too often
  cpuArchitecture: ecs.CpuArchitecture.ARM64,
  vcpus: 1,
  memory: Size.gibibytes(2),
  maxMemory: Size.gibibytes(8), // the most that Fargate offers for one vCPU
  command: ['node', 'index.js', 'Ref::pixels'],
  parameters: { pixels: '2048' },
});
