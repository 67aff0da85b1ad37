import { AssemblyError } from './assembly';
import type { Deployed, DeployedHttpApi, DeployedStateMachine, Deployment } from './deployment';

/**
 * The part of a deployment that the executions of a state machine reach, which never is an HTTP API. The app around it may be anything, also what the emulator does not
 * support: of the state machines, job definitions, functions, event sources and rules, only those are left that take part. The account and the Region are
 * those of the state machine. A resource that cannot be used is an error if it is reached.
 */
export function reachedFrom(deployment: Deployment, stateMachine: DeployedStateMachine): Deployment {
  const queues = new Set(deployment.queues.map(({ arn }) => arn));
  return { ...partFrom(deployment, [stateMachine], (arn) => queues.has(arn)), httpApis: [] };
}

/** The part of a deployment that several state machines and HTTP APIs reach, which are in one account and Region. Its rules lead to functions, too. */
export function reachedFromAll(deployment: Deployment, stateMachines: readonly DeployedStateMachine[], httpApis: readonly DeployedHttpApi[]): Deployment {
  return { ...partFrom(deployment, [...stateMachines, ...httpApis], () => true), httpApis: [...httpApis] };
}

/** @param isTarget whether a resource may be the target of a rule */
function partFrom(deployment: Deployment, roots: readonly Deployed[], isTarget: (arn: string) => boolean): Omit<Deployment, 'httpApis'> {
  const reached = new Set<Deployed>(roots);
  const byName = namesOf(deployment);
  const queues = new Set(deployment.queues.map(({ arn }) => arn));
  const isReached = (arn: string) => reached.has(byName.get(arn) as Deployed);
  // A resource that is added to a set while it is walked through is walked through, too.
  for (const resource of reached) {
    const callers = queues.has(resource.arn) ? deployment.eventSources.filter(({ queueArn }) => queueArn === resource.arn) : [];
    for (const word of wordsOf([resource, ...callers])) {
      const named = byName.get(word) ?? byName.get(word.replace(/:[^:]*$/, ''));
      if (named) reached.add(named);
    }
  }
  const fault = deployment.faults.find((each) => reached.has(each));
  if (fault) throw new AssemblyError(`${roots[0].path} cannot run: ${fault.message}`);

  const [, , , region, account] = roots[0].arn.split(':');
  return {
    ...deployment,
    account,
    region,
    functions: deployment.functions.filter((each) => reached.has(each)),
    eventSources: deployment.eventSources.filter(({ queueArn }) => isReached(queueArn)),
    rules: deployment.rules
      .map((rule) => ({ ...rule, targets: rule.targets.filter(({ arn }) => isTarget(arn) && isReached(arn)) }))
      .filter(({ targets }) => targets.length > 0),
    stateMachines: deployment.stateMachines.filter((each) => reached.has(each)),
    jobDefinitions: deployment.jobDefinitions.filter((each) => reached.has(each)),
  };
}

/**
 * What resources are named with in other resources: ARNs, the URLs of queues, the names of buckets and tables, and the ARNs of job definitions without
 * their revision. Of several resources with one name it is the first, as in the emulated services.
 */
function namesOf(deployment: Deployment): Map<string, Deployed> {
  const { stateMachines, functions, queues, jobDefinitions, jobQueues, computeEnvironments, buckets, tables, faults } = deployment;
  const resources: Deployed[] = [stateMachines, functions, queues, jobDefinitions, jobQueues, computeEnvironments, buckets, tables, faults].flat();
  return new Map(resources.reverse().flatMap((resource) => namesOfArn(resource.arn).map((name): [string, Deployed] => [name, resource])));
}

function namesOfArn(arn: string): string[] {
  const [, , service, region, account, name] = arn.split(':');
  switch (service) {
    case 'sqs': return [arn, `https://sqs.${region}.amazonaws.com/${account}/${name}`];
    case 's3': return [arn, name];
    case 'dynamodb': return [arn, name.replace('table/', '')];
    case 'batch': return [arn, arn.replace(/:\d+$/, '')];
    default: return [arn];
  }
}

/** The words in resources, except in their policies and permissions: what is only allowed to a role, or to a service, is not reached yet. */
function wordsOf(resources: Deployed[]): Set<string> {
  const text = JSON.stringify(resources, (name, value) => name === 'policies' || name === 'permissions' ? undefined : value);
  return new Set(text.split(/[\s"'\\,;|()[\]{}]+/));
}
