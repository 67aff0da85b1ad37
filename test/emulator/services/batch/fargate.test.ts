import { Size } from 'aws-cdk-lib';
import { Deployment } from '../../../../emulator/assembly/deployment';
import { hasSize } from '../../../../emulator/services/batch/fargate';
import { planJob } from '../../../../emulator/services/batch/job-plan';
import { Places } from '../../../../emulator/services/batch/places';
import { HeavyBatchJob } from '../../../../src';
import { FARGATE_VCPUS, fargateMemory } from '../../../../src/contract/fargate-sizes';
import { deploymentOf, imageOf } from '../../apps';

const deployment = deploymentOf((stack) => {
  new HeavyBatchJob(stack, 'Fargate', { imageDirectory: imageOf({}), fargate: true, memory: Size.gibibytes(2) });
  new HeavyBatchJob(stack, 'Instances', { imageDirectory: imageOf({}) });
});
const named = (name: string) => <T extends { path: string }>(found: T[]) => found.find(({ path }) => path.startsWith(`App/${name}/`))!;
const submit = (name: string, queueOf = name, resources: Record<string, number> = {}, of: Deployment = deployment) => planJob({
  jobName: 'job',
  jobQueue: named(queueOf)(of.jobQueues).arn,
  jobDefinition: named(name)(of.jobDefinitions).arn,
  containerOverrides: { resourceRequirements: Object.entries(resources).map(([type, value]) => ({ type, value: String(value) })) },
}, of);

test('the stand-in knows the sizes that Fargate has, by a table of its own', () => {
  for (const vcpus of [...FARGATE_VCPUS, 3]) {
    for (let memory = 256; memory <= 131_072; memory += 256) {
      expect([vcpus, memory, hasSize(vcpus, memory)]).toEqual([vcpus, memory, fargateMemory(vcpus).includes(memory)]);
    }
  }
});

test('a job runs where its definition says', () => {
  expect(submit('Fargate')).toMatchObject({ platform: 'FARGATE', vcpus: 1, memory: 2048 });
  expect(submit('Instances')).toMatchObject({ platform: 'EC2' });
});

test('a queue that is not in the app has place for whatever it gets', () => {
  const arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy';
  const submitted = planJob({ jobName: 'job', jobQueue: arn, jobDefinition: named('Fargate')(deployment.jobDefinitions).arn }, deployment);
  expect(submitted.queue).toMatchObject({ arn, name: 'heavy', computeEnvironmentArns: [] });
  expect(new Places(deployment).most(submitted.queue.computeEnvironmentArns)).toBe(Infinity);
});

test.each<[string, () => unknown, string]>([
  ['memory that does not go with the vCPUs', () => submit('Fargate', 'Fargate', { VCPU: 2 }), 'Fargate resource requirements (2 vCPU, 2048 MiB) not valid.'],
  ['GPUs', () => submit('Fargate', 'Fargate', { GPU: 1 }), 'GPU is not supported on Fargate'],
  ['a queue of instances', () => submit('Fargate', 'Instances'), 'is for FARGATE, and job queue'],
  ['a definition for instances', () => submit('Instances', 'Fargate'), 'is for EC2, and job queue'],
])('%s: the stand-in refuses it', (_, work, message) => {
  expect(work).toThrow(message);
});
