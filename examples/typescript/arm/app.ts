import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Arm');

new HeavyBatchJob(stack, 'Primes', {
  // The image is built for linux/arm64, because the instances have this architecture.
  imageDirectory: path.join(__dirname, 'image'),
  instanceTypes: [new ec2.InstanceType('c8g.xlarge'), new ec2.InstanceType('c7g.xlarge')],
  vcpus: 4,
  memory: Size.gibibytes(2),
  command: ['node', 'index.js', 'Ref::below'],
  parameters: { below: '20000000' },
});
