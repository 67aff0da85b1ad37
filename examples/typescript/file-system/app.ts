import * as path from 'path';
import { App, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HeavyBatchCompute, HeavyBatchFileSystem, HeavyBatchJob } from 'cdk-heavy-batch';

const app = new App();
const stack = new Stack(app, 'Files');

const compute = new HeavyBatchCompute(stack, 'Compute');

// The file system is in the VPC of the instances, and accepts connections from them only.
const fileSystem = new efs.FileSystem(stack, 'FileSystem', {
  vpc: compute.vpc!,
  encrypted: true,
  removalPolicy: RemovalPolicy.DESTROY, // this is an example: nothing must remain after `cdk destroy`
});
// Without a policy, every client in the network may mount all of it. With any policy, a client needs permissions of IAM.
fileSystem.addToResourcePolicy(new iam.PolicyStatement({
  effect: iam.Effect.DENY,
  principals: [new iam.AnyPrincipal()],
  actions: ['elasticfilesystem:Client*'],
  conditions: { Bool: { 'aws:SecureTransport': 'false' } },
}));
const accessPoint = fileSystem.addAccessPoint('Jobs', {
  path: '/jobs',
  createAcl: { ownerUid: '1000', ownerGid: '1000', permissions: '750' },
  posixUser: { uid: '1000', gid: '1000' },
});

new HeavyBatchJob(stack, 'Factors', {
  compute,
  imageDirectory: path.join(__dirname, 'image'),
  fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(accessPoint, '/mnt/files'),
  vcpus: 1,
  memory: Size.gibibytes(1),
  command: ['node', 'index.js', 'Ref::number'],
  parameters: { number: '600851475143' },
});
