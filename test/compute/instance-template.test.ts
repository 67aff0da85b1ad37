import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchComputeProps } from '../../src';
import { templateOf } from '../stacks';

/** The parts of an instance's user data, by their content type, as cloud-init takes them apart. */
function userData(props: HeavyBatchComputeProps): Record<string, string> {
  const [template] = Object.values(templateOf(props).findResources('AWS::EC2::LaunchTemplate'));
  const text: string = template.Properties.LaunchTemplateData.UserData['Fn::Base64'];
  const boundary = /^Content-Type: multipart\/mixed; boundary="([^"]+)"\nMIME-Version: 1\.0\n\n/.exec(text)![1];
  const parts = text.split(`--${boundary}`);
  expect(parts.at(-1)).toBe('--\n');
  return Object.fromEntries(parts.slice(1, -1).map((part) => {
    const [, type, body] = /^\nContent-Type: ([\w/-]+); charset="us-ascii"\n\n([^]*)$/.exec(part)!;
    return [type, body];
  }));
}

const STORE: HeavyBatchComputeProps = { instanceStore: true, instanceTypes: [new ec2.InstanceType('c6id.large')] };

describe('how instances begin', () => {
  test('what a container wrote is soon removed', () => {
    expect(userData({})).toEqual({ 'text/x-shellscript': '#!/bin/bash\necho ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m >> /etc/ecs/ecs.config\n' });
  });

  test('an instance store is mounted before Docker starts', () => {
    expect(Object.keys(userData(STORE))).toEqual(['text/cloud-boothook', 'text/x-shellscript']);
  });
});

/** The script, with every command that it calls replaced by one that says what it was called with. */
describe('the instance store', () => {
  const script = userData(STORE)['text/cloud-boothook'];
  const directories: string[] = [];
  afterAll(() => directories.forEach((directory) => fs.rmSync(directory, { recursive: true, force: true })));

  function boot({ disks, labelled = false, mdadm = true, dnf = true }: { disks: number; labelled?: boolean; mdadm?: boolean; dnf?: boolean }) {
    const bin = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-'));
    directories.push(bin);
    const lsblk = [
      '/dev/nvme0n1 Amazon Elastic Block Store',
      ...Array.from({ length: disks }, (_, index) => `/dev/nvme${index + 1}n1 Amazon EC2 NVMe Instance Storage`),
    ].join('\n');
    const command = (name: string, body = '') => fs.writeFileSync(path.join(bin, name), `#!/bin/bash\necho "${name} $*" >&2\n${body}\n`, { mode: 0o755 });
    for (const name of ['udevadm', 'mkfs.xfs', 'systemctl', 'mkdir', 'mount', 'cp']) command(name);
    command('blkid', labelled ? 'echo /dev/nvme1n1' : 'exit 2');
    command('lsblk', `cat <<'END'\n${lsblk}\nEND`);
    command('dnf', dnf ? 'exit 0' : 'exit 1');
    if (mdadm) command('mdadm');
    // What else it needs, and no mdadm of this machine.
    for (const name of ['awk', 'cat']) fs.symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), path.join(bin, name));
    if (dnf && !mdadm) command('dnf', `printf '#!/bin/bash\\necho "mdadm $*" >&2\\n' > ${bin}/mdadm; /bin/chmod +x ${bin}/mdadm`);
    const { status, stderr, stdout } = spawnSync('/bin/bash', ['-s'], { input: script, encoding: 'utf8', env: { PATH: bin } });
    return { status, called: stderr.trim().split('\n').filter((line) => !/^(udevadm|blkid|lsblk|mkdir)/.test(line)), says: stdout.trim() };
  }

  const mounted = [
    'systemctl stop docker.socket docker containerd',
    'mount -o noatime -L scratch /scratch',
    'cp --archive /var/lib/docker /scratch/docker',
    'mount --bind /scratch/docker /var/lib/docker',
    'cp --archive /var/lib/containerd /scratch/containerd',
    'mount --bind /scratch/containerd /var/lib/containerd',
    'systemctl start --no-block docker ecs',
  ];

  test('of one disk is formatted, and holds what Docker has', () => {
    expect(boot({ disks: 1 })).toMatchObject({ status: 0, called: ['mkfs.xfs -f -K -L scratch /dev/nvme1n1', ...mounted] });
  });

  test('of several disks is one', () => {
    expect(boot({ disks: 3 })).toMatchObject({
      status: 0,
      called: ['mdadm --create /dev/md0 --run --level=0 --raid-devices=3 /dev/nvme1n1 /dev/nvme2n1 /dev/nvme3n1', 'mkfs.xfs -f -K -L scratch /dev/md0', ...mounted],
    });
  });

  test('installs mdadm where there is none', () => {
    const { status, called } = boot({ disks: 2, mdadm: false });
    expect([status, ...called.slice(0, 3)]).toEqual([
      0, 'dnf install --assumeyes mdadm', 'mdadm --create /dev/md0 --run --level=0 --raid-devices=2 /dev/nvme1n1 /dev/nvme2n1', 'mkfs.xfs -f -K -L scratch /dev/md0',
    ]);
  });

  test('is its first disk where mdadm cannot be had', () => {
    expect(boot({ disks: 2, mdadm: false, dnf: false })).toMatchObject({
      status: 0, called: ['dnf install --assumeyes mdadm', 'mkfs.xfs -f -K -L scratch /dev/nvme1n1', ...mounted],
    });
  });

  test('is kept when the instance boots again', () => {
    expect(boot({ disks: 1, labelled: true })).toMatchObject({ status: 0, called: mounted });
  });

  test('leaves the root disk alone where there is none', () => {
    expect(boot({ disks: 0 })).toEqual({ status: 0, called: [], says: 'no instance store: the root disk is used' });
  });
});
