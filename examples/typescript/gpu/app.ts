import * as path from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Gpu');

new HeavyBatchJob(stack, 'Pi', {
  imageDirectory: path.join(__dirname, 'image'),
  // Instances with GPUs start from the ECS GPU-optimized image. Without `memory`, the container gets all memory that belongs to its GPU.
  instanceTypes: [new ec2.InstanceType('g6.xlarge'), new ec2.InstanceType('g5.xlarge')],
  gpus: 1,
  vcpus: 4,
  spot: true,
  attemptTimeout: Duration.hours(1),
  command: ['python3', 'pi.py', 'Ref::samples'],
  parameters: { samples: '500000' },
});
