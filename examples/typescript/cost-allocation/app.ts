import * as path from 'path';
import { App, Size, Stack, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchCompute, HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'CostAllocation');

// The platform team pays for instances and disks ...
const compute = new HeavyBatchCompute(stack, 'Compute', { instanceTypes: [new ec2.InstanceType('c6i.xlarge')] });
Tags.of(compute).add('CostCenter', 'platform');

// ... and each job and its tasks have the tag of the team that uses them.
for (const team of ['maps', 'search']) {
  const job = new HeavyBatchJob(stack, team === 'maps' ? 'Tiles' : 'Index', {
    compute,
    imageDirectory: path.join(__dirname, 'image'),
    memory: Size.mebibytes(1024),
    command: ['node', 'index.js', team, 'Ref::items'],
    parameters: { items: '300000' },
  });
  Tags.of(job).add('CostCenter', team);
}
