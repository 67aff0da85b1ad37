import { UsageError } from './errors';
import type { DeployedStateMachine, Deployment } from '../emulator/assembly/deployment';
import { RUN_ID } from '../src/contract/construct-ids';
import { jobSpecOf } from '../src/contract/job-spec';

/** A job of an app, or a job that runs for each item of a list. */
export interface Job {
  /** The construct path. */
  readonly path: string;
  readonly stateMachine: DeployedStateMachine;
  /** Where the list is, for a job that runs for each item of a list. Without a key, the input of each execution names it. */
  readonly list?: { readonly bucket: string; readonly key?: string };
}

/** The jobs of an app, and the state machines that run one of these jobs for each item of a list. */
export function jobsOf(deployment: Deployment): Job[] {
  const jobMachines = deployment.stateMachines.filter(({ definition }) => jobSpecOf(definition) !== undefined);
  const jobArns = jobMachines.map(({ arn }) => arn);
  return deployment.stateMachines.flatMap((stateMachine): Job[] => {
    if (jobMachines.includes(stateMachine)) return [{ path: stateMachine.path.replace(new RegExp(`/${RUN_ID}$`), ''), stateMachine }];
    const map = statesOf(stateMachine.definition).find(({ ItemProcessor }) => (
      statesOf(ItemProcessor ?? {}).some(({ Parameters }) => jobArns.includes(Parameters?.StateMachineArn))
    ));
    const { Bucket, Key } = map?.ItemReader?.Parameters ?? {};
    return map ? [{ path: stateMachine.path, stateMachine, list: { bucket: Bucket, key: Key } }] : [];
  });
}

function statesOf({ States = {} }: { readonly States?: unknown }): Record<string, any>[] {
  return Object.values(States as Record<string, Record<string, any>>);
}

/** The job with a construct path. Without a path, the only job of the app. */
export function findJob(deployment: Deployment, path: string | undefined): Job {
  const jobs = jobsOf(deployment);
  if (jobs.length === 0) throw new UsageError('the app has no HeavyBatchJob; name the output directory of an app that has one with --app');
  const paths = jobs.map((job) => `  ${job.path}`).join('\n');
  if (path === undefined) {
    const [only, ...others] = jobs.filter((job) => !job.list);
    if (only && others.length === 0) return only;
    if (jobs.length > 1) throw new UsageError(`the app has ${jobs.length} jobs; name one of them:\n${paths}`);
    return jobs[0];
  }
  const matching = jobs.filter((job) => job.path === path || job.path.endsWith(`/${path}`));
  if (matching.length === 0) throw new UsageError(`the app has no job '${path}'; its jobs are:\n${paths}`);
  if (matching.length > 1) throw new UsageError(`the app has ${matching.length} jobs '${path}'; name one of them by its full path:\n${matching.map((job) => `  ${job.path}`).join('\n')}`);
  return matching[0];
}
