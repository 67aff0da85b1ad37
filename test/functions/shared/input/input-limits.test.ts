import { InputLimits } from '../../../../src/functions/shared/input/input-limits';
import { parseRunInput } from '../../../../src/functions/shared/input/run-input';

const LIMITS: InputLimits = { parameters: [], vcpus: 2, memory: 2048 };
const SIZES = [{ vcpus: 8, memory: 16_000 }, { vcpus: 4, memory: 32_000 }, { vcpus: 2, memory: 8_000, gpus: 1 }, { vcpus: 1, memory: 4_000 }];
const parse = (input: object, more: Partial<InputLimits>) => parseRunInput(input, { ...LIMITS, ...more });
const overrides = (containerOverrides: object) => ({ containerOverrides });

test.each<[string, object, Partial<InputLimits>]>([
  ['as much memory as maxMemory', overrides({ memory: 4096 }), { maxMemory: 4096 }],
  ['any memory where there is no maxMemory', overrides({ memory: 9_000_000 }), {}],
  ['GPUs of a job that has one', overrides({ gpus: 4 }), { gpus: 1 }],
  ['an array of a job with one node', { arraySize: 2 }, {}],
  ['a share and a priority on a queue with shares', { shareIdentifier: 'a', schedulingPriority: 0 }, { shareIdentifier: 'default' }],
  ['all vCPUs of the compute', overrides({ vcpus: 16 }), { maxvCpus: 16 }],
  ['all vCPUs of the compute, over its nodes', overrides({ vcpus: 4 }), { maxvCpus: 16, nodes: 4 }],
  ['a part of a vCPU on Fargate', overrides({ vcpus: 0.25 }), { fargate: true }],
  ['what one of the sizes holds', overrides({ vcpus: 8, memory: 16_000 }), { sizes: SIZES }],
  ['what one of the sizes holds with the vCPUs of the job', overrides({ memory: 32_000 }), { sizes: SIZES }],
  ['a GPU that one of the sizes has', overrides({ gpus: 1 }), { sizes: SIZES, gpus: 1 }],
  ['anything where no size is known', overrides({ vcpus: 900, memory: 9_000_000 }), { sizes: [] }],
  ['nothing, though no size holds what the job has', {}, { sizes: SIZES, vcpus: 99, memory: 99_000, gpus: 9 }],
])('a run may ask for %s', (_, input, limits) => {
  expect(() => parse(input, limits)).not.toThrow();
});

test.each<[string, object, Partial<InputLimits>, string]>([
  ['more memory than maxMemory', overrides({ memory: 4097 }), { maxMemory: 4096 }, "'containerOverrides.memory' is 4097 MiB, more than this job's 'maxMemory', 4096 MiB; give 4096 or less"],
  ['a GPU of a job without one', overrides({ gpus: 1 }), {}, "'containerOverrides.gpus' is 1, but this job has no GPU; leave it out, or set the job's 'gpus' prop"],
  ['an array of nodes', { arraySize: 2 }, { nodes: 4 }, "'arraySize' is 2, but this job has 4 nodes, and AWS Batch has no arrays of multi-node jobs; leave it out"],
  ['a share of a queue without shares', { shareIdentifier: 'a' }, {}, "'shareIdentifier' is a, but this job's queue has no fair-share policy; leave it out, or give its compute 'fairShare'"],
  ['a priority on a queue without shares', { schedulingPriority: 0 }, {}, "'schedulingPriority' is 0, but this job's queue has no fair-share policy; leave it out, or give its compute 'fairShare'"],
  ['a part of a vCPU on an instance', overrides({ vcpus: 0.25 }), {}, "'containerOverrides.vcpus' is 0.25, but this job runs on instances, where AWS Batch has whole vCPUs only; give 1"],
  ['more vCPUs than the compute has', overrides({ vcpus: 17 }), { maxvCpus: 16 }, "'containerOverrides.vcpus' is 17, but the job's compute has 16 vCPUs; give 16 or less"],
  ['more vCPUs than the compute has, over its nodes', overrides({ vcpus: 4 }), { maxvCpus: 15, nodes: 4 }, "'containerOverrides.vcpus' is 4 on each of 4 nodes, but the job's compute has 15 vCPUs; give 3 or less"],
  ['more vCPUs than any size has', overrides({ vcpus: 9 }), { sizes: SIZES }, "'containerOverrides.vcpus' is 9, but no instance of this job has more than 8 for a container; give 8 or less"],
  ['more memory than any size has', overrides({ memory: 32_001 }), { sizes: SIZES }, "'containerOverrides.memory' is 32001 MiB, but no instance of this job has more than 32000 for a container; give 32000 or less"],
  ['more GPUs than any size has', overrides({ gpus: 2 }), { sizes: SIZES, gpus: 1 }, "'containerOverrides.gpus' is 2, but no instance of this job has more than 1 for a container; give 1 or less"],
  ['what no size holds at once', overrides({ vcpus: 8, memory: 32_000 }), { sizes: SIZES },
    "'containerOverrides' makes a container of 8 vCPUs with 32000 MiB, which no instance of this job can hold; the largest hold 8 vCPUs with 16000 MiB, or 4 vCPUs with 32000 MiB, or 2 vCPUs with 8000 MiB and 1 GPU"],
  ['memory that no size holds with the vCPUs of the job', overrides({ memory: 20_000 }), { sizes: SIZES, vcpus: 8 },
    "'containerOverrides' makes a container of 8 vCPUs with 20000 MiB, which no instance of this job can hold; the largest hold 8 vCPUs with 16000 MiB, or 4 vCPUs with 32000 MiB, or 2 vCPUs with 8000 MiB and 1 GPU"],
  ['vCPUs that no size holds with the GPU of the job', overrides({ vcpus: 4 }), { sizes: SIZES, gpus: 1 },
    "'containerOverrides' makes a container of 4 vCPUs with 2048 MiB and 1 GPU, which no instance of this job can hold; the largest hold 8 vCPUs with 16000 MiB, or 4 vCPUs with 32000 MiB, or 2 vCPUs with 8000 MiB and 1 GPU"],
])('a run that asks for %s is refused', (_, input, limits, message) => {
  expect(() => parse(input, limits)).toThrow(expect.objectContaining({ name: 'InvalidInput', message }));
});

test('a run that asks for nothing is not compared with the sizes of a job of unknown size', () => {
  expect(() => parseRunInput(overrides({ vcpus: 1 }), { parameters: [], sizes: SIZES })).not.toThrow();
});
