import { differences } from './differences';
import type { Report } from './findings';
import { COMPUTES, DEFAULTS, FixtureJob } from './jobs';
import type { AppFacts } from './observations';

/** The compute of a job is what its author asked for: it costs nothing while it is idle, and not more than it may. */
export function expectRightCompute({ environments, bucket }: AppFacts, { compute }: FixtureJob, report: Report): void {
  const { fargate, spot, maxvCpus = DEFAULTS.maxvCpus, payloadRetentionDays = DEFAULTS.payloadRetentionDays } = COMPUTES[compute];
  const [onDemand, onSpot] = fargate ? ['FARGATE', 'FARGATE_SPOT'] : ['EC2', 'SPOT'];
  const days = { 'payloads/': payloadRetentionDays, 'results/': payloadRetentionDays, 'runs/': DEFAULTS.recordRetentionDays };
  const found = {
    types: environments.map(({ type }) => type).sort(),
    maxvCpus: environments.map((environment) => environment.maxvCpus),
    minvCpus: environments.map(({ minvCpus }) => minvCpus),
    days: bucket.expirationDays,
  };
  const types = spot ? [onDemand, onSpot] : [onDemand];
  for (const difference of differences('', found, { types, maxvCpus: types.map(() => maxvCpus), minvCpus: types.map(() => 0), days })) {
    report('wrong', `the compute's ${difference}`);
  }
}
