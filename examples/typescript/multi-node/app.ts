import * as path from 'path';
import { Annotations, App, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'MultiNode');

// Three instances work on one job. Node 0 is the main node: the others know its address, and its end is the end of the job.
const job = new HeavyBatchJob(stack, 'Pi', {
  imageDirectory: path.join(__dirname, 'image'),
  instanceTypes: [new ec2.InstanceType('c7i.large')],
  nodes: 3,
  vcpus: 2,
  memory: Size.mebibytes(2048),
  command: ['node', 'index.js', 'Ref::terms'],
  parameters: { terms: '60000000' },
});

// In the public subnets of the new VPC, nodes can reach only each other and S3. This job needs nothing else.
Annotations.of(job).acknowledgeWarning('cdk-heavy-batch:nodesWithoutInternet', 'the nodes only talk to each other');
