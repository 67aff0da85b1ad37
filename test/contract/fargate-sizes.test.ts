import * as fc from 'fast-check';
import { FARGATE_VCPUS, fargateMemory, fargateMismatch, nextFargateMemory } from '../../src/contract/fargate-sizes';

test.each([
  [0.25, 3, 512, 2048],
  [0.5, 4, 1024, 4096],
  [1, 7, 2048, 8192],
  [2, 13, 4096, 16_384],
  [4, 23, 8192, 30_720],
  [8, 12, 16_384, 61_440],
  [16, 12, 32_768, 122_880],
  [32, 3, 61_440, 249_856],
])('%d vCPUs go with %d amounts of memory, from %d to %d MiB', (vcpus, amounts, least, most) => {
  const memory = fargateMemory(vcpus);
  expect([memory.length, memory[0], memory.at(-1)]).toEqual([amounts, least, most]);
});

test.each<[number, number, string | undefined]>([
  [1, 2048, undefined],
  [3, 8192, '3 vCPUs, and Fargate has 0.25, 0.5, 1, 2, 4, 8, 16, 32'],
  [1, 1024, '1024 MiB, but with 1 vCPU Fargate has 2048 to 8192 MiB in steps of 1024'],
  [32, 65_536, '65536 MiB, but with 32 vCPUs Fargate has 61440, 122880, 249856 MiB'],
  [0.25, 1536, '1536 MiB, but with 0.25 vCPUs Fargate has 512, 1024, 2048 MiB'],
])('%d vCPUs with %d MiB: %s', (vcpus, memory, mismatch) => {
  expect(fargateMismatch(vcpus, memory)).toBe(mismatch);
});

test.each<[string, number, number, number, number | undefined]>([
  ['doubles', 1, 2048, 8192, 4096],
  ['takes what comes next to the double', 8, 20_480, 61_440, 40_960],
  ['takes a step over the double where there is none', 16, 40_960, 122_880, 81_920],
  ['takes what is left below the double', 1, 5120, 8192, 8192],
  ['takes more than the double where that is the next', 32, 122_880, 249_856, 249_856],
  ['keeps to the most', 1, 5120, 7000, 6144],
  ['ends at the most', 1, 8192, 8192, undefined],
  ['ends where the vCPUs have no more', 1, 8192, 16_384, undefined],
  ['does not begin without a most', 1, 2048, 0, undefined],
])('memory that ran out %s', (_, vcpus, memory, most, next) => {
  expect(nextFargateMemory(vcpus, memory, most)).toBe(next);
});

test('whatever it grows to, Fargate has it, it is more, and it ends', () => {
  const mebibytes = (min: number) => fc.integer({ min, max: 260_000 });
  fc.assert(fc.property(fc.constantFrom(...FARGATE_VCPUS), mebibytes(256), mebibytes(0), (vcpus, from, most) => {
    let memory = from;
    for (let round = 0; ; round++) {
      const next = nextFargateMemory(vcpus, memory, most);
      if (next === undefined) break;
      expect(fargateMismatch(vcpus, next)).toBeUndefined();
      expect(next).toBeGreaterThan(memory);
      expect(next).toBeLessThanOrEqual(most);
      expect(round).toBeLessThan(10);
      memory = next;
    }
  }));
});
