import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { userData } from './user-data';
import type { HeavyBatchComputeProps } from '../../src';

const DROP_IN = 'etc/systemd/system/ecstasks.slice.d/instance-metadata.conf';
const WARNING = 'cdk-heavy-batch: containers can reach the instance metadata\n';

const roots: string[] = [];
afterAll(() => roots.forEach((root) => fs.rmSync(root, { recursive: true, force: true })));

interface Instance {
  /** The commands that end with an error. */
  readonly failing?: string[];
  /** The commands that the image does not have. */
  readonly missing?: string[];
  readonly cgroup?: 'v1' | 'v2';
  /** Directories that cannot be written to: there is a file in their place. */
  readonly blocked?: string[];
  /** How often the script runs. Once by default. */
  readonly boots?: number;
}

/** Runs the script of the first boot below a directory of its own. Each command that it calls is replaced by one that prints its arguments. */
function boot(props: HeavyBatchComputeProps, { failing = [], missing = [], cgroup = 'v2', blocked = [], boots = 1 }: Instance = {}) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-'));
  roots.push(root);
  const bin = path.join(root, 'bin');
  for (const directory of ['bin', 'etc/ecs', 'etc/systemd', 'sys/fs/cgroup']) fs.mkdirSync(path.join(root, directory), { recursive: true });
  if (cgroup === 'v2') fs.writeFileSync(path.join(root, 'sys/fs/cgroup/cgroup.controllers'), '');
  for (const directory of blocked) fs.writeFileSync(path.join(root, directory), '');
  const command = (name: string, then: string) =>
    fs.writeFileSync(path.join(bin, name), `#!/bin/bash\n${failing.includes(name) ? 'exit 1' : then}\n`, { mode: 0o755 });
  command('mkdir', 'exec /bin/mkdir "$@"');
  command('timeout', 'shift; exec "$@"');
  command('systemctl', `echo "systemctl $*" >> ${root}/calls`);
  for (const name of missing) fs.rmSync(path.join(bin, name));
  const script = userData(props)['text/x-shellscript'].replaceAll('/etc/', `${root}/etc/`).replaceAll('/sys/', `${root}/sys/`);
  const input = `${script}\necho the script goes on >> ${root}/calls`;
  const runs = Array.from({ length: boots }, () => spawnSync('/bin/bash', ['-s'], { input, encoding: 'utf8', env: { PATH: bin } }));
  const { status, stderr } = runs.at(-1)!;
  const read = (file: string) => fs.existsSync(path.join(root, file)) ? fs.readFileSync(path.join(root, file), 'utf8') : undefined;
  return { status, stderr, dropIn: read(DROP_IN), agent: read('etc/ecs/ecs.config')?.trim().split('\n'), calls: read('calls')!.trim().split('\n') };
}

test('containers cannot reach the instance metadata, by IPv4 or IPv6, on the slice of the ECS tasks only', () => {
  const { status, stderr, dropIn, agent, calls } = boot({});
  expect({ status, stderr, dropIn, calls }).toEqual({
    status: 0,
    stderr: '',
    dropIn: '[Slice]\nIPAddressDeny=169.254.169.254 fd00:ec2::254\n',
    calls: ['systemctl daemon-reload', 'the script goes on'],
  });
  expect(agent).toContain('ECS_AWSVPC_BLOCK_IMDS=true');
});

test('a second run, as on an image that was made from an instance, leaves one drop-in file with the same text', () => {
  const [once, twice] = [boot({}), boot({}, { boots: 2 })];
  expect({ status: twice.status, stderr: twice.stderr, dropIn: twice.dropIn }).toEqual({ status: 0, stderr: '', dropIn: once.dropIn });
  expect(twice.dropIn).toContain('IPAddressDeny=');
  expect(twice.calls).toEqual([...once.calls, ...once.calls]);
});

test.each<[string, Instance, boolean]>([
  ['its directory cannot be made', { failing: ['mkdir'] }, false],
  ['there is a file in place of its directory', { blocked: ['etc/systemd/system'] }, false],
  ['systemd cannot load it', { failing: ['systemctl'] }, true],
  ['systemd does not answer in time', { failing: ['timeout'] }, true],
  ['the image has no systemd', { missing: ['systemctl'] }, true],
  ['the image has no timeout command', { missing: ['timeout'] }, true],
  ['the image has cgroup v1', { cgroup: 'v1' }, true],
])('when %s, the script says so and goes on, with the settings of the agent', (_, instance, written) => {
  const { status, stderr, dropIn, agent, calls } = boot({}, instance);
  expect(status).toBe(0);
  expect(stderr.endsWith(WARNING)).toBe(true);
  expect(dropIn !== undefined).toBe(written);
  expect(agent).toEqual(boot({}).agent);
  expect(calls.at(-1)).toBe('the script goes on');
});

test('with canContainersAccessInstanceRole nothing closes the metadata', () => {
  const { stderr, dropIn, agent, calls } = boot({ canContainersAccessInstanceRole: true });
  expect({ stderr, dropIn, calls }).toEqual({ stderr: '', dropIn: undefined, calls: ['the script goes on'] });
  expect(agent!.filter((line) => line.includes('IMDS'))).toEqual([]);
});
