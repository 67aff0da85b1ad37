import type { DeployedStateMachine, Deployment } from '../emulator/assembly/deployment';

/** A job of an app: its construct path, and the state machine that is a run of it, or many runs. */
export interface Job {
  readonly path: string;
  readonly stateMachine: DeployedStateMachine;
  /** Of one that runs a job over a list: where that is, and its key where that is not for each execution to say. */
  readonly list?: { readonly bucket: string; readonly key?: string };
}

export class NoSuchJob extends Error {
  readonly name = 'NoSuchJob';
}

/**
 * The heavy jobs of an app: their state machines are the ones that hand a job definition to a function and wait for its token. And
 * those that start executions of one of these for the items of a list.
 */
export function jobsOf(deployment: Deployment): Job[] {
  const statesOf = ({ definition }: DeployedStateMachine) => Object.values((definition as { States?: Record<string, any> }).States ?? {});
  const jobs = deployment.stateMachines.filter((machine) => statesOf(machine).some((state) => state?.Parameters?.Payload?.job?.definition));
  const arns = jobs.map((machine) => machine.arn);
  return deployment.stateMachines.flatMap((stateMachine): Job[] => {
    if (jobs.includes(stateMachine)) return [{ path: stateMachine.path.replace(/\/Run$/, ''), stateMachine }];
    const map = statesOf(stateMachine).find((state) => arns.includes(state?.ItemProcessor?.States?.Run?.Parameters?.StateMachineArn));
    const { Bucket, Key } = map?.ItemReader?.Parameters ?? {};
    return map ? [{ path: stateMachine.path, stateMachine, list: { bucket: Bucket, key: Key } }] : [];
  });
}

/** The job at a path; without one, the app's only job. */
export function findJob(deployment: Deployment, path: string | undefined): Job {
  const jobs = jobsOf(deployment);
  const list = jobs.map((job) => `  ${job.path}`).join('\n');
  if (jobs.length === 0) throw new NoSuchJob('the app has no HeavyBatchJob');
  if (path === undefined) {
    const [only, ...others] = jobs.filter((job) => !job.list);
    if (only && others.length === 0) return only;
    if (jobs.length > 1) throw new NoSuchJob(`the app has ${jobs.length} jobs; name one of\n${list}`);
    return jobs[0];
  }
  const found = jobs.filter((job) => job.path === path || job.path.endsWith(`/${path}`));
  if (found.length !== 1) throw new NoSuchJob(`${found.length === 0 ? 'there is no job' : 'there is more than one job'} '${path}'; the app has\n${list}`);
  return found[0];
}
