import { Size } from 'aws-cdk-lib';
import { Capacity } from '../../../../emulator/services/batch/capacity';
import { hasSize } from '../../../../emulator/services/batch/fargate';
import { planJob } from '../../../../emulator/services/batch/job-plan';
import { HeavyBatchJob } from '../../../../src';
import { FARGATE_VCPUS, fargateMemory } from '../../../../src/contract/fargate-sizes';
import { deploymentOf, imageOf } from '../../apps';

const deployment = deploymentOf((stack) => {
  new HeavyBatchJob(stack, 'Fargate', { imageDirectory: imageOf({}), fargate: true, memory: Size.gibibytes(2) });
  new HeavyBatchJob(stack, 'Instances', { imageDirectory: imageOf({}) });
});
const named = (name: string) => <T extends { path: string }>(candidates: T[]) => candidates.find(({ path }) => path.startsWith(`App/${name}/`))!;
const submit = (name: string, queueOf = name, resources: Record<string, number> = {}) => planJob({
  jobName: 'job',
  jobQueue: named(queueOf)(deployment.jobQueues).arn,
  jobDefinition: named(name)(deployment.jobDefinitions).arn,
  containerOverrides: { resourceRequirements: Object.entries(resources).map(([type, value]) => ({ type, value: String(value) })) },
}, deployment);

test('the size table of the emulator and the one of the library are the same', () => {
  for (const vcpus of [...FARGATE_VCPUS, 3]) {
    for (let memory = 256; memory <= 262_144; memory += 256) {
      expect([vcpus, memory, hasSize(vcpus, memory)]).toEqual([vcpus, memory, fargateMemory(vcpus).includes(memory)]);
    }
  }
});

test('a job runs on the platform of its job definition', () => {
  expect(submit('Fargate')).toMatchObject({ platform: 'FARGATE', vcpus: 1, memory: 2048 });
  expect(submit('Instances')).toMatchObject({ platform: 'EC2' });
});

test('a queue that is not in the app has capacity for every job', () => {
  const arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy';
  const submitted = planJob({ jobName: 'job', jobQueue: arn, jobDefinition: named('Fargate')(deployment.jobDefinitions).arn }, deployment);
  expect(submitted.queue).toMatchObject({ arn, name: 'heavy', computeEnvironmentArns: [] });
  expect(new Capacity(deployment).most(submitted.queue.computeEnvironmentArns)).toBe(Infinity);
});

test.each<[string, () => unknown, string]>([
  ['memory that Fargate does not have for the vCPUs', () => submit('Fargate', 'Fargate', { VCPU: 2 }), 'Fargate resource requirements (2 vCPU, 2048 MiB) not valid.'],
  ['GPUs on Fargate', () => submit('Fargate', 'Fargate', { GPU: 1 }), 'GPU is not supported on Fargate'],
  ['a Fargate job on a queue of instances', () => submit('Fargate', 'Instances'), 'is for FARGATE, and job queue'],
  ['a job for instances on a queue of Fargate', () => submit('Instances', 'Fargate'), 'is for EC2, and job queue'],
])('SubmitJob refuses %s', (_, submitJob, message) => {
  expect(submitJob).toThrow(message);
});
