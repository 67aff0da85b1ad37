import { covers, describeSize, isHeld } from '../../src/contract/container-size';

test.each([
  [{ vcpus: 2, memory: 8 }, { vcpus: 2, memory: 8 }, true],
  [{ vcpus: 4, memory: 8 }, { vcpus: 2, memory: 9 }, false],
  [{ vcpus: 1, memory: 8 }, { vcpus: 2, memory: 8 }, false],
  [{ vcpus: 4, memory: 8 }, { vcpus: 2, memory: 8, gpus: 1 }, false],
  [{ vcpus: 4, memory: 8, gpus: 2 }, { vcpus: 2, memory: 8, gpus: 1 }, true],
])('%j covers %j: %s', (size, other, expected) => {
  expect(covers(size, other)).toBe(expected);
});

test('one size must hold all of a container', () => {
  const sizes = [{ vcpus: 16, memory: 32 }, { vcpus: 8, memory: 64 }];
  expect(isHeld({ vcpus: 8, memory: 64 }, sizes)).toBe(true);
  expect(isHeld({ vcpus: 16, memory: 64 }, sizes)).toBe(false);
});

test('a size is described in words', () => {
  expect([{ vcpus: 1, memory: 4, gpus: 1 }, { vcpus: 2, memory: 8, gpus: 2 }, { vcpus: 0.25, memory: 512 }].map(describeSize))
    .toEqual(['1 vCPU with 4 MiB and 1 GPU', '2 vCPUs with 8 MiB and 2 GPUs', '0.25 vCPUs with 512 MiB']);
});
