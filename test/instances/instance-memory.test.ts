import { AGENT_MIB, familyFacts, instanceTypeFacts, SYSTEM_SHARE } from '../../src/instances/instance-memory';
import { INSTANCE_TYPES } from '../../src/instances/instance-types';

const everyType = Object.keys(INSTANCE_TYPES).flatMap((family) => familyFacts(family).map((facts) => ({ name: `${family}.${facts.size}`, ...facts })));

describe('what is known of an instance type', () => {
  test('is what EC2 says, and what it leaves to containers', () => {
    expect(instanceTypeFacts('c6i.large')).toEqual({ size: 'large', vcpus: 2, memoryMiB: 4096, fitsMiB: 3756, certainMiB: 4064, gpus: 0, storeGB: 0 });
  });

  test('is what was measured, where somebody did', () => {
    expect(instanceTypeFacts('m4.large')).toMatchObject({ memoryMiB: 8192, fitsMiB: 7985, certainMiB: 7985 });
  });

  test('has GPUs and disks', () => {
    expect(instanceTypeFacts('g5.12xlarge')).toMatchObject({ vcpus: 48, gpus: 4, storeGB: 3800 });
    expect(instanceTypeFacts('i3en.24xlarge')).toMatchObject({ storeGB: 60000 });
  });

  test.each(['c6i.gigantic', 'x99.large', 'c6i', ''])('is nothing of "%s"', (name) => {
    expect(instanceTypeFacts(name)).toBeUndefined();
  });

  test('is a size by its whole name, not by its beginning', () => {
    expect(instanceTypeFacts('c6i.metal')?.vcpus).toBe(128);
    expect(instanceTypeFacts('c7i.metal')).toBeUndefined(); // it has metal-24xl and metal-48xl
    expect(instanceTypeFacts('m5.x')).toBeUndefined();
  });
});

describe('the table', () => {
  test('has the types of every current family', () => {
    expect(everyType.length).toBeGreaterThan(900);
    for (const name of ['c7g.large', 'm7i.metal-24xl', 'r8g.xlarge', 't3.medium', 'p5.48xlarge', 'hpc7a.96xlarge']) expect(instanceTypeFacts(name)).toBeDefined();
  });

  test('is read in full: every number is one, and no type is there twice', () => {
    for (const { name, size, ...numbers } of everyType) {
      for (const [what, value] of Object.entries(numbers)) expect([name, what, Number.isInteger(value) && value >= 0]).toEqual([name, what, true]);
    }
    expect(new Set(everyType.map(({ name }) => name)).size).toBe(everyType.length);
  });

  test('never promises more than an instance may have', () => {
    for (const { name, memoryMiB, fitsMiB, certainMiB } of everyType) {
      expect([name, fitsMiB <= certainMiB, certainMiB <= memoryMiB, fitsMiB > 0]).toEqual([name, true, true, true]);
    }
  });

  test('is on the safe side of what was measured', () => {
    for (const { memoryMiB, fitsMiB } of everyType.filter(({ name }) => name === 'm4.large')) {
      expect(Math.floor(memoryMiB * (1 - SYSTEM_SHARE)) - AGENT_MIB).toBeLessThan(fitsMiB);
    }
  });
});
