import { INSTANCE_TYPES } from '../../src/contract/instance-types';
import { AGENT_MIB, familyFacts, instanceTypeFacts, SYSTEM_SHARE } from '../../src/instances/instance-memory';

const everyType = Object.keys(INSTANCE_TYPES).flatMap((family) => familyFacts(family).map((facts) => ({ name: `${family}.${facts.size}`, ...facts })));

describe('the facts of an instance type', () => {
  test('have the memory that EC2 reports, and the memory that is free for containers', () => {
    expect(instanceTypeFacts('c6i.large')).toEqual({ size: 'large', vcpus: 2, memoryMiB: 4096, fitsMiB: 3756, mostMiB: 4064, gpus: 0, storeGB: 0 });
  });

  test('have a measured value where there is one', () => {
    expect(instanceTypeFacts('m4.large')).toMatchObject({ memoryMiB: 8192, fitsMiB: 7985, mostMiB: 7985 });
  });

  test('have the GPUs and the instance store', () => {
    expect(instanceTypeFacts('g5.12xlarge')).toMatchObject({ vcpus: 48, gpus: 4, storeGB: 3800 });
    expect(instanceTypeFacts('i3en.24xlarge')).toMatchObject({ storeGB: 60000 });
  });

  test.each(['c6i.gigantic', 'x99.large', 'c6i', ''])('are undefined for the unknown name "%s"', (name) => {
    expect(instanceTypeFacts(name)).toBeUndefined();
  });

  test('are found by the complete name of a size only', () => {
    expect(instanceTypeFacts('c6i.metal')?.vcpus).toBe(128);
    expect(instanceTypeFacts('c7i.metal')).toBeUndefined(); // it has metal-24xl and metal-48xl
    expect(instanceTypeFacts('m5.x')).toBeUndefined();
  });
});

describe('the table of instance types', () => {
  test('has all current families', () => {
    expect(everyType.length).toBeGreaterThan(900);
    for (const name of ['c7g.large', 'm7i.metal-24xl', 'r8g.xlarge', 't3.medium', 'p5.48xlarge', 'hpc7a.96xlarge']) expect(instanceTypeFacts(name)).toBeDefined();
  });

  test('has a number in each place, and no instance type twice', () => {
    for (const { name, size, ...numbers } of everyType) {
      for (const [fact, value] of Object.entries(numbers)) expect([name, fact, Number.isInteger(value) && value >= 0]).toEqual([name, fact, true]);
    }
    expect(new Set(everyType.map(({ name }) => name)).size).toBe(everyType.length);
  });

  test('never has more memory for containers than the instance can have', () => {
    for (const { name, memoryMiB, fitsMiB, mostMiB } of everyType) {
      expect([name, fitsMiB <= mostMiB, mostMiB <= memoryMiB, fitsMiB > 0]).toEqual([name, true, true, true]);
    }
  });

  test('has estimates below the measured values', () => {
    for (const { memoryMiB, fitsMiB } of everyType.filter(({ name }) => name === 'm4.large')) {
      expect(Math.floor(memoryMiB * (1 - SYSTEM_SHARE)) - AGENT_MIB).toBeLessThan(fitsMiB);
    }
  });
});
