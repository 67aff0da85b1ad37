import { Duration, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchCompute, HeavyBatchComputeProps, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchMapOptions } from '../../src';
import { newStack } from '../stacks';

/** Both ends of each range: the last value that is accepted, and the first that is refused. */
type Build = (value: number) => unknown;

const compute = (propsOf: (value: number) => HeavyBatchComputeProps): Build => (value) => new HeavyBatchCompute(newStack(), 'Compute', propsOf(value));
const job = (propsOf: (value: number) => HeavyBatchJobProps): Build => (value) => newJob(propsOf(value));
const map = (optionsOf: (value: number) => Partial<HeavyBatchMapOptions>): Build => (value) => {
  const added = newJob();
  added.addMap('Each', { bucket: s3.Bucket.fromBucketName(added, 'Lists', 'lists'), ...optionsOf(value) });
};

function newJob(props: HeavyBatchJobProps = {}): HeavyBatchJob {
  return new HeavyBatchJob(newStack(), 'Job', { image: ecs.ContainerImage.fromRegistry('image'), ...props });
}

const YEAR = 31_536_000;
const c6iLarge = { instanceTypes: [new ec2.InstanceType('c6i.large')] };
const g6 = { instanceTypes: [new ec2.InstanceType('g6.48xlarge')] };

test.each<[string, Build, { accepted: number[]; refused: number[] }]>([
  ['attempts', job((attempts) => ({ attempts })), { accepted: [1, 10], refused: [0, 11] }],
  ['attemptTimeout', job((value) => ({ attemptTimeout: Duration.seconds(value) })), { accepted: [60, YEAR], refused: [59, YEAR + 1] }],
  ['queueTimeout', job((value) => ({ queueTimeout: Duration.seconds(value) })), { accepted: [60, YEAR], refused: [59, YEAR + 1] }],
  ['startTimeout', job((value) => ({ startTimeout: Duration.seconds(value) })), { accepted: [60, YEAR], refused: [59, YEAR + 1] }],
  ['runTimeout', job((value) => ({ runTimeout: Duration.seconds(value) })), { accepted: [60, YEAR], refused: [59, YEAR + 1] }],
  ['memory', job((value) => ({ memory: Size.mebibytes(value) })), { accepted: [4, 33_554_432], refused: [3, 33_554_433] }],
  ['memory', job((value) => ({ ...c6iLarge, memory: Size.mebibytes(value) })), { accepted: [4_064], refused: [4_065] }],
  ['maxMemory', job((value) => ({ memory: Size.mebibytes(2_048), maxMemory: Size.mebibytes(value) })), { accepted: [2_048, 2_049], refused: [2_047] }],
  ['vcpus', job((vcpus) => ({ vcpus, maxvCpus: 4 })), { accepted: [1, 4], refused: [0, 5] }],
  ['vcpus', job((vcpus) => ({ vcpus, ...c6iLarge })), { accepted: [2], refused: [3] }],
  ['vcpus', job((vcpus) => ({ vcpus, fargate: true })), { accepted: [0.25, 16], refused: [0.2, 17] }],
  ['gpus', job((gpus) => ({ gpus, ...g6 })), { accepted: [1, 8], refused: [0, 9] }],
  ['nodes', job((nodes) => ({ nodes, maxvCpus: 1_000 })), { accepted: [2, 1_000], refused: [1, 1_001] }],
  ['nodes', job((nodes) => ({ nodes, vcpus: 2, maxvCpus: 8 })), { accepted: [4], refused: [5] }],
  ['schedulingPriority', job((schedulingPriority) => ({ schedulingPriority, fairShare: {} })), { accepted: [0, 9_999], refused: [-1, 10_000] }],
  ['maxvCpus', compute((maxvCpus) => ({ maxvCpus })), { accepted: [1, 1_000_000], refused: [0, 1_000_001] }],
  ['minvCpus', compute((minvCpus) => ({ minvCpus, maxvCpus: 8 })), { accepted: [0, 8], refused: [-1, 9] }],
  ['minvCpus', compute((minvCpus) => ({ minvCpus })), { accepted: [256], refused: [257] }],
  ['payloadRetention', compute((days) => ({ payloadRetention: Duration.days(days) })), { accepted: [1, 3_650], refused: [0, 3_651] }],
  ['fairShare.computeReservation', compute((computeReservation) => ({ fairShare: { computeReservation } })), { accepted: [0, 99], refused: [-1, 100] }],
  ['fairShare.shareDecay', compute((value) => ({ fairShare: { shareDecay: Duration.seconds(value) } })), { accepted: [0, 604_800], refused: [604_801] }],
  ['fairShare.weights.A', compute((A) => ({ fairShare: { weights: { A } } })), { accepted: [0.0001, 999.9999], refused: [0, 1_000] }],
  ['scratchSize', compute((value) => ({ fargate: false, scratchSize: Size.gibibytes(value) })), { accepted: [1, 65_506], refused: [0, 65_507] }],
  ['scratchSize', job((value) => ({ fargate: true, scratchSize: Size.gibibytes(value) })), { accepted: [1, 180], refused: [0, 181] }],
  ['scratchIops', compute((scratchIops) => ({ scratchIops, scratchSize: Size.gibibytes(1_000) })), { accepted: [3_000, 80_000], refused: [2_999, 80_001] }],
  ['scratchIops', compute((scratchIops) => ({ scratchIops })), { accepted: [15_000], refused: [15_001] }],
  ['scratchThroughput', compute((scratchThroughput) => ({ scratchThroughput, scratchIops: 8_000 })), { accepted: [125, 2_000], refused: [124, 2_001] }],
  ['maxConcurrency', map((maxConcurrency) => ({ maxConcurrency })), { accepted: [1, 10_000], refused: [0, 10_001] }],
  ['toleratedFailurePercentage', map((toleratedFailurePercentage) => ({ toleratedFailurePercentage })), { accepted: [0, 0.5, 100], refused: [-1, 100.5] }],
  ['timeout', map((value) => ({ timeout: Duration.seconds(value) })), { accepted: [60, YEAR], refused: [59, YEAR + 1] }],
])('%s is accepted and refused at both ends of its range', (prop, build, { accepted, refused }) => {
  expect(accepted.length * refused.length).toBeGreaterThan(0);
  for (const value of accepted) expect(() => build(value)).not.toThrow();
  for (const value of refused) expect(() => build(value)).toThrow(new RegExp(`^'${prop.replaceAll('.', '\\.')}' is .+ \\(at Stack/`));
});
