import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { userData } from './user-data';
import { HeavyBatchComputeProps } from '../../src';

const STORE: HeavyBatchComputeProps = { instanceStore: true, instanceTypes: [new ec2.InstanceType('c6id.large')] };

describe('the user data of an instance', () => {
  test('makes the ECS agent delete the files of a container soon, and offer the log drivers that AWS Batch supports', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-')), 'ecs.config');
    const { 'text/x-shellscript': script, ...others } = userData({ canContainersAccessInstanceRole: true });
    expect(others).toEqual({});
    spawnSync('/bin/bash', ['-s'], { input: script.replaceAll('/etc/ecs/ecs.config', file) });
    expect(fs.readFileSync(file, 'utf8').split('\n')).toEqual([
      'ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m',
      'ECS_AVAILABLE_LOGGING_DRIVERS=["awslogs","fluentd","gelf","journald","json-file","splunk","syslog"]',
      '',
    ]);
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  test('mounts the instance store before Docker starts', () => {
    expect(Object.keys(userData(STORE))).toEqual(['text/cloud-boothook', 'text/x-shellscript']);
  });
});

/** Each command that the script calls is replaced by one that prints its arguments. */
describe('the script for the instance store', () => {
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
    // The other commands that the script needs. An mdadm of this machine must not be found.
    for (const name of ['awk', 'cat']) fs.symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), path.join(bin, name));
    if (dnf && !mdadm) command('dnf', `printf '#!/bin/bash\\necho "mdadm $*" >&2\\n' > ${bin}/mdadm; /bin/chmod +x ${bin}/mdadm`);
    const { status, stderr, stdout } = spawnSync('/bin/bash', ['-s'], { input: script, encoding: 'utf8', env: { PATH: bin } });
    return { status, calls: stderr.trim().split('\n').filter((line) => !/^(udevadm|blkid|lsblk|mkdir)/.test(line)), output: stdout.trim() };
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

  test('formats one disk, and moves the data of Docker to it', () => {
    expect(boot({ disks: 1 })).toMatchObject({ status: 0, calls: ['mkfs.xfs -f -K -L scratch /dev/nvme1n1', ...mounted] });
  });

  test('makes one RAID 0 of several disks', () => {
    expect(boot({ disks: 3 })).toMatchObject({
      status: 0,
      calls: ['mdadm --create /dev/md0 --run --level=0 --raid-devices=3 /dev/nvme1n1 /dev/nvme2n1 /dev/nvme3n1', 'mkfs.xfs -f -K -L scratch /dev/md0', ...mounted],
    });
  });

  test('installs mdadm if it is missing', () => {
    const { status, calls } = boot({ disks: 2, mdadm: false });
    expect([status, ...calls.slice(0, 3)]).toEqual([
      0, 'dnf install --assumeyes mdadm', 'mdadm --create /dev/md0 --run --level=0 --raid-devices=2 /dev/nvme1n1 /dev/nvme2n1', 'mkfs.xfs -f -K -L scratch /dev/md0',
    ]);
  });

  test('uses the first disk if mdadm cannot be installed', () => {
    expect(boot({ disks: 2, mdadm: false, dnf: false })).toMatchObject({
      status: 0, calls: ['dnf install --assumeyes mdadm', 'mkfs.xfs -f -K -L scratch /dev/nvme1n1', ...mounted],
    });
  });

  test('does not format the disk again at the next boot', () => {
    expect(boot({ disks: 1, labelled: true })).toMatchObject({ status: 0, calls: mounted });
  });

  test('changes nothing on an instance without an instance store', () => {
    expect(boot({ disks: 0 })).toEqual({ status: 0, calls: [], output: 'no instance store: the root disk is used' });
  });
});
