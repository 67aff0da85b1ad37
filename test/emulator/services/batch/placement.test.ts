import { unplaceable } from '../../../../emulator/services/batch/placement';

const on = (...instanceTypes: string[]): any => ({ properties: { ComputeResources: { InstanceTypes: instanceTypes } } });
const wanted = (fields: object) => ({ vcpus: 1, memory: 1, gpus: 0, ...fields });

// c6i.large has 2 vCPUs and 4096 MiB, of which the ECS agent keeps 32; g5.xlarge has one GPU.
test.each<[string, object, any[], boolean]>([
  ['all vCPUs of the only type', { vcpus: 2 }, [on('c6i.large')], true],
  ['one vCPU more', { vcpus: 3 }, [on('c6i.large')], false],
  ['all memory that the agent leaves', { memory: 4_064 }, [on('c6i.large')], true],
  ['one MiB more', { memory: 4_065 }, [on('c6i.large')], false],
  ['the largest size of a family', { vcpus: 128 }, [on('c6i')], true],
  ['more than a family has', { vcpus: 10_000 }, [on('c6i')], false],
  ['a type of two', { vcpus: 4 }, [on('c6i.large', 'c6i.xlarge')], true],
  ['a GPU where there is one', { gpus: 1 }, [on('g5.xlarge')], true],
  ['two GPUs where there is one', { gpus: 2 }, [on('g5.xlarge')], false],
  ['a GPU where there is none', { gpus: 1 }, [on('c6i.large')], false],
  ['the second compute environment', { vcpus: 4 }, [on('c6i.large'), on('c6i.xlarge')], true],
  ['no compute environment', { vcpus: 10_000 }, [], true],
  ['a name that is not known', { vcpus: 10_000 }, [on('c6i.large', 'optimal')], true],
  ['no names', { vcpus: 10_000 }, [on()], true],
  ['no compute resources', { vcpus: 10_000 }, [{ properties: {} }], true],
])('a job that needs %s', (_, fields, environments, isPlaceable) => {
  const reason = unplaceable(wanted(fields), environments);
  expect(reason === undefined).toBe(isPlaceable);
  expect(reason ?? 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT').toContain('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT');
});
