import { acceptKeys, keysOf, withAws } from '../../../cli/containers/aws-variables';
import { ScaledClock } from '../../../emulator/clock';
import { Emulator } from '../../../emulator/emulator';
import { ContainerRequest } from '../../../emulator/services/batch/containers';
import { oneJob } from '../../emulator/apps';

const deployment = oneJob();
const emulator = new Emulator(deployment, new ScaledClock());
emulator.endpoint = 'http://127.0.0.1:1';
const jobRoleArn: string = deployment.jobDefinitions[0].properties.ContainerProperties.JobRoleArn;
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAPERSON', AWS_SECRET_ACCESS_KEY: 'secret' };

async function environmentOf(request: object, passed = {}) {
  let started!: ContainerRequest;
  const containers = withAws({ start: async (given) => { started = given; return undefined as never; } }, emulator, passed);
  await containers.start({ environment: {}, jobRoleArn, ...request } as unknown as ContainerRequest);
  return started.environment;
}
const ENDPOINTS = { AWS_ENDPOINT_URL: emulator.endpoint, AWS_ENDPOINT_URL_S3: emulator.endpoint };

test('a container gets the keys of its job role, and no variable of the job replaces them or the endpoint', async () => {
  const { accessKeyId, secretAccessKey } = emulator.keys.of(jobRoleArn);
  const environment = { SIZE: '1', AWS_ENDPOINT_URL: 'x', AWS_ENDPOINT_URL_S3: 'x', AWS_ACCESS_KEY_ID: 'x' };
  expect(await environmentOf({ environment })).toEqual({ SIZE: '1', ...ENDPOINTS, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
});

test('a Region of the job stays, alone', async () => {
  const { AWS_REGION, AWS_DEFAULT_REGION } = await environmentOf({ environment: { AWS_DEFAULT_REGION: 'eu-west-1' } });
  expect([AWS_REGION, AWS_DEFAULT_REGION]).toEqual([undefined, 'eu-west-1']);
});

test('a container without a job role has no keys', async () => {
  expect(await environmentOf({ jobRoleArn: undefined })).toEqual({ ...ENDPOINTS, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' });
});

test('with keys of a person, only S3 has the endpoint of the run', async () => {
  expect(await environmentOf({ environment: KEYS }, KEYS)).toEqual({ ...KEYS, AWS_ENDPOINT_URL_S3: emulator.endpoint, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' });
});

test('what a person passes on stays', async () => {
  const passed = { AWS_ENDPOINT_URL_S3: 'https://s3.example', AWS_REGION: 'eu-west-1' };
  expect(await environmentOf({ environment: passed }, passed)).toMatchObject(passed);
});

test('requests to the emulator do not go to a proxy', async () => {
  const { NO_PROXY, no_proxy } = await environmentOf({ environment: { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '169.254.170.2' } });
  expect([NO_PROXY, no_proxy]).toEqual(['169.254.170.2,127.0.0.1', '169.254.170.2,127.0.0.1']);
  expect(await environmentOf({ environment: { https_proxy: 'http://proxy:3128' } })).toMatchObject({ NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' });
  expect(await environmentOf({})).not.toHaveProperty('NO_PROXY');
});

test.each([['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'], ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'], ['AWS_SESSION_TOKEN', 'AWS_ACCESS_KEY_ID']])('%s alone is refused', (name, missing) => {
  expect(() => keysOf({ [name]: 'x' })).toThrow(`--pass-env of keys of AWS needs ${missing}, too`);
});

describe('keys of a person', () => {
  const definition = (JobRoleArn?: string) => ({ properties: { ContainerProperties: { JobRoleArn } } }) as never;
  const accepted = (roles: (string | undefined)[], passed = KEYS) => acceptKeys(emulator, roles.map(definition), passed);
  const ownerOf = (id = KEYS.AWS_ACCESS_KEY_ID) => emulator.keys.find(id);

  test('are refused where there is no role, or more than one', () => {
    expect(accepted([undefined])).toContain('S3 of this run refuses them, since the job has no role');
    expect(accepted([jobRoleArn, 'other'])).toContain('S3 of this run refuses them, since the containers have several roles');
    expect(ownerOf()).toBeUndefined();
  });

  test('are those of the job role', () => {
    expect(accepted([jobRoleArn, jobRoleArn])).toContain('S3 of this run takes them for those of the job role');
    expect(ownerOf()).toEqual({ credentials: { accessKeyId: 'AKIAPERSON', secretAccessKey: 'secret' }, principal: jobRoleArn });
  });

  test('may do anything for a role outside of the app, whose permissions are not known', () => {
    accepted(['arn:aws:iam::1:role/other'], { ...KEYS, AWS_ACCESS_KEY_ID: 'AKIAOTHER' });
    expect(ownerOf('AKIAOTHER')).toMatchObject({ principal: undefined });
  });

  test('that are not passed on need no line', () => {
    expect(acceptKeys(emulator, deployment.jobDefinitions, {})).toBeUndefined();
  });
});
