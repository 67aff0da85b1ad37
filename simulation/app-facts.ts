import type { FixtureJob } from './jobs';
import type { AppFacts } from './observations';
import type { DeployedStateMachine, Deployment } from '../emulator/assembly/deployment';

/** The resources of a job and of its compute, by their paths. */
export function appFacts(deployment: Deployment, machine: DeployedStateMachine, { compute }: FixtureJob): AppFacts {
  const { region, logGroups, roles, buckets, jobQueues, computeEnvironments } = deployment;
  const jobPath = machine.path.split('/').slice(0, -1).join('/');
  const computePath = [...jobPath.split('/').slice(0, -1), compute].join('/');
  const isOf = (owner: string) => ({ path }: { path: string }) => path.startsWith(`${owner}/`);
  return {
    region,
    jobPath,
    logGroup: logGroups.find(({ path }) => path === `${jobPath}/Log`)!.name,
    jobRole: roles.find(({ path }) => path === `${jobPath}/JobRole`)!.arn,
    environments: computeEnvironments.filter(isOf(computePath)),
    bucket: buckets.find(isOf(computePath))!,
    queues: new Set(jobQueues.filter(isOf(computePath)).map(({ arn }) => arn)),
    timeoutSeconds: machine.definition.TimeoutSeconds as number | undefined,
  };
}

/** The ARNs of the queues with Spot capacity. */
export function spotQueuesOf({ jobQueues, computeEnvironments }: Deployment): Set<string> {
  const spot = new Set(computeEnvironments.filter(({ type }) => type.endsWith('SPOT')).map(({ arn }) => arn));
  return new Set(jobQueues.filter(({ computeEnvironmentArns }) => computeEnvironmentArns.some((arn) => spot.has(arn))).map(({ arn }) => arn));
}
