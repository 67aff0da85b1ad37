import { UsageError } from './errors';
import { AssemblyError } from '../emulator/assembly/assembly';
import type { DeployedHttpApi, DeployedStateMachine, Deployment } from '../emulator/assembly/deployment';
import { reachedFrom, reachedFromAll } from '../emulator/assembly/reached-resources';
import { RUN_ID } from '../src/contract/construct-ids';
import { jobSpecOf } from '../src/contract/job-spec';
import { isObject } from '../src/contract/json-text';

/** A job of an app, or a job that runs for each item of a list. */
export interface Job {
  /** The construct path. */
  readonly path: string;
  readonly stateMachine: DeployedStateMachine;
  /** Where the list is, for a job that runs for each item of a list. Without a key, the input of each execution names it. */
  readonly list?: { readonly bucket: string; readonly key?: string };
}

/** A job, and what of its app a run of it reaches. */
export interface RunnableJob extends Job {
  readonly deployment: Deployment;
}

/** The jobs of an app, and the state machines that run one of these jobs for each item of a list. */
export function jobsOf(deployment: Deployment): Job[] {
  const jobMachines = deployment.stateMachines.filter(({ definition }) => jobSpecOf(definition) !== undefined);
  const jobArns = jobMachines.map(({ arn }) => arn);
  return deployment.stateMachines.flatMap((stateMachine): Job[] => {
    if (jobMachines.includes(stateMachine)) return [{ path: jobPathOf(stateMachine.path), stateMachine }];
    const map = statesOf(stateMachine.definition).find(({ ItemProcessor }) => (
      statesOf(ItemProcessor).some(({ Parameters }) => jobArns.includes(Parameters?.StateMachineArn))
    ));
    const { Bucket, Key } = map?.ItemReader?.Parameters ?? {};
    return map ? [{ path: stateMachine.path, stateMachine, list: { bucket: Bucket, key: Key } }] : [];
  });
}

/** The construct path of the job of a job definition; that of the definition where it is of no job. */
export function pathOfJob(jobs: readonly Job[], { path }: { readonly path: string }): string {
  return jobs.find((job) => job.list === undefined && path.startsWith(`${job.path}/`))?.path ?? path;
}

function jobPathOf(stateMachinePath: string): string {
  return isRun(stateMachinePath) ? stateMachinePath.slice(0, -RUN_ID.length - 1) : stateMachinePath;
}

function isRun(stateMachinePath: string): boolean {
  return stateMachinePath.endsWith(`/${RUN_ID}`);
}

/** The states of a state machine. That of another construct may have any definition. */
function statesOf(definition: unknown): Record<string, any>[] {
  const states = isObject(definition) && isObject(definition.States) ? definition.States : {};
  return Object.values(states).filter(isObject);
}

/** The job with a construct path, ready to be run. Without a path, the only job of the app. */
export function findJob(deployment: Deployment, path: string | undefined): RunnableJob {
  const job = chooseJob(deployment, path);
  return { ...job, deployment: reachedFrom(deployment, job.stateMachine) };
}

/** What of an app is served: its jobs and its HTTP APIs, in the account and the Region of the first job. */
export interface ServedApp {
  readonly deployment: Deployment;
  readonly jobs: readonly Job[];
  /** What is not served, and why. */
  readonly notServed: readonly string[];
}

export function servedOf(deployment: Deployment): ServedApp {
  const all = jobsOf(deployment);
  if (all.length === 0) chooseJob(deployment, undefined);
  const place = placeOf(all[0].stateMachine.arn);
  const isHere = ({ arn }: { readonly arn: string }) => placeOf(arn) === place;
  const jobs = all.filter(({ stateMachine }) => isHere(stateMachine));
  const elsewhere = [...all.filter((job) => !jobs.includes(job)), ...deployment.httpApis.filter((api) => !isHere(api))];
  const apis = deployment.httpApis.filter(isHere).map((api) => ({ api, fault: faultOf(deployment, api) }));
  const httpApis = apis.filter(({ fault }) => fault === undefined).map(({ api }) => api);
  return {
    deployment: reachedFromAll(deployment, jobs.map(({ stateMachine }) => stateMachine), httpApis),
    jobs,
    notServed: [
      ...elsewhere.map(({ path }) => `${path} is not served: it is in another account or Region than ${jobs[0].path}`),
      ...apis.flatMap(({ fault }) => fault === undefined ? [] : [`not served: ${fault}`]),
    ],
  };
}

/** Why an API cannot be served. Undefined where it can. */
function faultOf(deployment: Deployment, api: DeployedHttpApi): string | undefined {
  try {
    reachedFromAll(deployment, [], [api]);
    return undefined;
  } catch (error) {
    if (error instanceof AssemblyError) return error.message;
    throw error;
  }
}

/** The Region and the account of an ARN. */
function placeOf(arn: string): string {
  return arn.split(':').slice(3, 5).join('/');
}

function chooseJob(deployment: Deployment, path: string | undefined): Job {
  const jobs = jobsOf(deployment);
  const paths = jobs.map((job) => `  ${job.path}`).join('\n');
  const isNamed = (job: { readonly path: string }) => job.path === path || job.path.endsWith(`/${path}`);
  const fault = deployment.faults.find((each) => each.type === 'AWS::StepFunctions::StateMachine' && (path === undefined ? isRun(each.path) : isNamed({ path: jobPathOf(each.path) })));
  if (jobs.length === 0) throw fault ? new AssemblyError(fault.message) : new UsageError('the app has no HeavyBatchJob; name the output directory of an app that has one with --app');
  if (path === undefined) {
    const [only, ...others] = jobs.filter((job) => !job.list);
    if (only && others.length === 0) return only;
    if (jobs.length > 1) throw new UsageError(`the app has ${jobs.length} jobs; name one of them:\n${paths}`);
    return jobs[0];
  }
  const matching = jobs.filter(isNamed);
  if (matching.length === 0) throw fault ? new AssemblyError(fault.message) : new UsageError(`the app has no job '${path}'; its jobs are:\n${paths}`);
  if (matching.length > 1) throw new UsageError(`the app has ${matching.length} jobs '${path}'; name one of them by its full path:\n${matching.map((job) => `  ${job.path}`).join('\n')}`);
  return matching[0];
}
