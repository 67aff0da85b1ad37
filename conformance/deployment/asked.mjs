// What the props of two apps ask for, written down by hand from test/stacks.ts: the templates are not read.

const requirements = (memory, vcpus) => [{ Type: 'MEMORY', Value: String(memory) }, { Type: 'VCPU', Value: String(vcpus) }];

/** By app and by place of the resource: some of its properties. */
export const ASKED = {
  'snapshot/with-the-article-s-own-numbers': {
    JobContainerJobDefinition: {
      ContainerProperties: { Command: ['node', 'index.js', 'Ref::processId'], ResourceRequirements: requirements(1024, 1), ReadonlyRootFilesystem: false },
      Parameters: { processId: 'none' },
      RetryStrategy: { Attempts: 3 },
    },
    JobComputeInstancesComputeEnvironment: { ComputeResources: { MinvCpus: 0, MaxvCpus: 256, InstanceTypes: ['c4.xlarge', 'c4.large'] } },
  },
  'snapshot/of-a-job-with-every-prop': {
    JobContainerJobDefinition: {
      ContainerProperties: { Command: ['node', 'index.js', 'Ref::processId'], ResourceRequirements: requirements(2048, 2) },
      Parameters: { processId: 'none' },
      RetryStrategy: { Attempts: 5 },
    },
    JobComputeInstancesComputeEnvironment: { ComputeResources: { MinvCpus: 2, MaxvCpus: 64 } },
  },
};
