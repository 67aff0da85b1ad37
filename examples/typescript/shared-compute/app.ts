import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchCompute, HeavyBatchJob } from 'cdk-heavy-batch';

const app = new App();

// The network, the compute environment, the job queue and the functions that submit and check jobs exist once.
const platform = new Stack(app, 'Platform');
const compute = new HeavyBatchCompute(platform, 'Compute', {
  instanceTypes: [new ec2.InstanceType('c6i.xlarge'), new ec2.InstanceType('m6i.xlarge')],
  maxvCpus: 64,
});

// Each further job adds a job definition, a role, a log group, a state machine and a rule. It may be in another stack.
const text = new Stack(app, 'Text');
const job = (stack: Stack, id: string, vcpus: number) => new HeavyBatchJob(stack, id, {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  vcpus,
  memory: Size.mebibytes(1024),
  command: ['node', 'index.js', id.toLowerCase(), 'Ref::words'],
  parameters: { words: '200000' },
});
job(platform, 'Count', 1);
job(text, 'Compress', 2);
job(text, 'Digest', 1);
