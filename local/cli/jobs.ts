import type { DeployedStateMachine, Deployment } from '../assembly/deployment';

/** A job of an app: its construct path, and the state machine that is a run of it. */
export interface Job {
  readonly path: string;
  readonly stateMachine: DeployedStateMachine;
}

export class NoSuchJob extends Error {
  readonly name = 'NoSuchJob';
}

/** The heavy jobs of an app: their state machines are the ones that hand a job definition to a function and wait for its token. */
export function jobsOf(deployment: Deployment): Job[] {
  return deployment.stateMachines
    .filter(({ definition }) => {
      const { States: states = {} } = definition as { States?: Record<string, any> };
      return Object.values(states).some((state) => state?.Parameters?.Payload?.job?.definition);
    })
    .map((stateMachine) => ({ path: stateMachine.path.replace(/\/Run$/, ''), stateMachine }));
}

/** The job at a path; without one, the app's only job. */
export function findJob(deployment: Deployment, path: string | undefined): Job {
  const jobs = jobsOf(deployment);
  const list = jobs.map((job) => `  ${job.path}`).join('\n');
  if (jobs.length === 0) throw new NoSuchJob('the app has no HeavyBatchJob');
  if (path === undefined) {
    if (jobs.length > 1) throw new NoSuchJob(`the app has ${jobs.length} jobs; name one of\n${list}`);
    return jobs[0];
  }
  const found = jobs.filter((job) => job.path === path || job.path.endsWith(`/${path}`));
  if (found.length !== 1) throw new NoSuchJob(`${found.length === 0 ? 'there is no job' : 'there is more than one job'} '${path}'; the app has\n${list}`);
  return found[0];
}
