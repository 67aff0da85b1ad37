import type { PassedVariables } from './passed-variables';
import type { DeployedJobDefinition } from '../../emulator/assembly/deployment';
import type { Emulator } from '../../emulator/emulator';
import type { Credentials } from '../../emulator/endpoint/keys';
import type { ContainerRequest, ContainerRuntime } from '../../emulator/services/batch/containers';
import { containerOf } from '../../emulator/services/batch/job-plan';
import { UsageError } from '../errors';

const [ID, SECRET, TOKEN] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const REGIONS = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

/** Containers whose AWS SDK calls the emulator as their job role, but for what the person passes on. In AWS they get the keys of the role in another way, and need no variable for it. */
export function withAws(containers: ContainerRuntime, emulator: Emulator, passed: PassedVariables): ContainerRuntime {
  return {
    start: (request) => {
      const environment = { ...request.environment, ...awsVariables(request, emulator, passed) };
      return containers.start({ ...request, environment: { ...environment, ...noProxy(environment) } });
    },
  };
}

/**
 * S3 has an endpoint of its own, since the image or the job may name one, too. With keys of the person, only S3 is that of the run: other services are
 * those of AWS.
 */
function awsVariables({ environment, jobRoleArn }: ContainerRequest, emulator: Emulator, passed: PassedVariables): Record<string, string> {
  const ofRole = Object.entries(emulator.environmentOf(jobRoleArn));
  const hasRegion = REGIONS.some((name) => Object.hasOwn(environment, name));
  const left = [...Object.keys(passed), ...hasRegion ? REGIONS : [], ...keysOf(passed) ? [ID, SECRET, 'AWS_ENDPOINT_URL'] : []];
  const all = [...ofRole, ['AWS_ENDPOINT_URL_S3', emulator.endpoint]];
  return Object.fromEntries(all.filter(([name]) => !left.includes(name)));
}

/** Where the container has a proxy, requests to the emulator would leave this machine, with their keys and bodies. */
function noProxy(environment: Readonly<Record<string, string>>): Record<string, string> {
  if (!Object.keys(environment).some((name) => /^(https?|all)_proxy$/i.test(name))) return {};
  return Object.fromEntries(['NO_PROXY', 'no_proxy'].map((name) => [name, [environment.no_proxy ?? environment.NO_PROXY, '127.0.0.1'].filter(Boolean).join(',')]));
}

/** The keys of the person, who passes them on. Throws a `UsageError` where one of the two is missing. */
export function keysOf(passed: PassedVariables): Credentials | undefined {
  if (![ID, SECRET, TOKEN].some((name) => Object.hasOwn(passed, name))) return undefined;
  const missing = [ID, SECRET].find((name) => !passed[name]);
  if (missing !== undefined) throw new UsageError(`--pass-env of keys of AWS needs ${missing}, too; pass ${ID}, ${SECRET} and, for temporary keys, ${TOKEN}`);
  return { accessKeyId: passed[ID], secretAccessKey: passed[SECRET] };
}

/** Lets the emulator take the keys of the person for keys of the job role. Returns a line about it, or undefined where no keys are passed on. */
export function acceptKeys(emulator: Emulator, definitions: readonly DeployedJobDefinition[], passed: PassedVariables): string | undefined {
  const keys = keysOf(passed);
  if (!keys) return undefined;
  const roles = [...new Set(definitions.map((definition) => containerOf(definition)?.JobRoleArn as string | undefined))];
  const [role] = roles;
  if (roles.length === 1 && role !== undefined) emulator.keys.add(keys, role);
  const whoseIn = roles.length > 1 ? 'S3 of this run refuses them, since the containers have several roles'
    : role === undefined ? 'S3 of this run refuses them, since the job has no role'
      : 'S3 of this run takes them for those of the job role';
  return `The container has your keys of AWS (--pass-env ${ID}). ${whoseIn}; calls to other services reach AWS.`;
}
