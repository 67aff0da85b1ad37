import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob, HeavyBatchJobProps } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Disk');

const distinct: HeavyBatchJobProps = {
  imageDirectory: path.join(__dirname, 'image'),
  vcpus: 2,
  memory: Size.gibibytes(2),
  command: ['node', 'index.js', 'Ref::megabytes'],
  parameters: { megabytes: '20' },
};

// An EBS disk can have any size and speed. It is billed by the second.
const gp3 = new HeavyBatchJob(stack, 'Gp3', {
  ...distinct,
  instanceTypes: [new ec2.InstanceType('c7i.xlarge')],
  scratchSize: Size.gibibytes(500),
  scratchIops: 6_000,
  scratchThroughput: 500,
});

// The instance store is faster than any EBS disk, and included in the price of the instance.
new HeavyBatchJob(stack, 'InstanceStore', {
  ...distinct,
  instanceTypes: [new ec2.InstanceType('c6id.xlarge'), new ec2.InstanceType('m6id.xlarge')],
  instanceStore: true,
  // In the network of the other job. A VPC for each would soon reach the quota of five VPCs in a Region.
  vpc: gp3.compute.vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
});
