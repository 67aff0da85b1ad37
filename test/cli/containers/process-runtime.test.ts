import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { MappedLauncher } from '../../../cli/containers/mapped-launcher';
import { Mounts } from '../../../cli/containers/mounts';
import { NamespaceLauncher } from '../../../cli/containers/namespace-launcher';
import { ProcessRuntime } from '../../../cli/containers/process-runtime';
import { Workspace } from '../../../cli/containers/workspace';
import { ScaledClock } from '../../../emulator/clock';
import { ContainerRequest } from '../../../emulator/services/batch/containers';
import { imageOf } from '../../emulator/apps';

const clock = new ScaledClock(100);
const workspace = new Workspace();
const hasNamespaces = NamespaceLauncher.isPossible(workspace.newDirectory('probe'));
const mounts = new Mounts(workspace);
afterAll(() => {
  clock.stop();
  workspace.removeAll();
});

const launchers = [
  ...hasNamespaces ? [['in namespaces', new NamespaceLauncher()] as const] : [],
  ['with mapped paths', new MappedLauncher()] as const,
];
if (!hasNamespaces) console.warn('This machine has no namespaces for users: containers are tested with mapped paths only.');

const ANY_REQUEST = {
  jobId: 'j',
  jobName: 'n',
  attempt: 1,
  imageUri: 'x',
  vcpus: 1,
  memory: 512,
  jobQueueArn: 'q',
  properties: {},
  environment: {},
};

describe.each(launchers)('a container %s', (_, launcher) => {
  const runtime = new ProcessRuntime(clock, workspace, mounts, launcher);
  const isMapped = launcher instanceof MappedLauncher;
  afterAll(() => runtime.killAll());

  /** Runs a container of an image to its end. Returns its exit and the lines of its output. */
  async function run(
    files: Record<string, string>,
    request: Partial<ContainerRequest> = {},
    onLine: (container: { stop(grace: number): void }, line: string) => void = () => undefined,
  ) {
    const lines: string[] = [];
    let container: Awaited<ReturnType<ProcessRuntime['start']>>;
    container = await runtime.start({
      ...ANY_REQUEST,
      mounts: [],
      image: { directory: imageOf(files), dockerfile: 'Dockerfile', buildArgs: {} },
      ...request,
      onOutput: (line) => {
        lines.push(line);
        onLine(container, line);
      },
    });
    return { ...await container.exited, lines };
  }

  const node = (script: string) => ['node', '-e', script];
  const sh = (script: string) => ['sh', '-c', script];
  const dockerfile = (...lines: string[]) => ({ Dockerfile: ['FROM debian:12', ...lines].join('\n') });

  test('the command of the job runs with the files of the image', async () => {
    expect(await run({ ...dockerfile('COPY index.js .'), 'index.js': 'console.log(process.argv[2]); console.error("e")' }, { command: ['node', 'index.js', '7'] }))
      .toEqual({ exitCode: 0, lines: expect.arrayContaining(['7', 'e']) });
  });

  test('a file that is not copied is not there', async () => {
    expect((await run({ ...dockerfile('COPY a .'), a: '', b: '' }, { command: sh('ls a b 2>/dev/null') })).lines).toEqual(['a']);
  });

  test('each container begins with the files of the image, whatever another one wrote', async () => {
    const image = { directory: imageOf({ ...dockerfile('WORKDIR /app', 'COPY a .'), a: 'first' }), dockerfile: 'Dockerfile', buildArgs: {} };
    const command = sh('cat a; echo changed > a; mkdir made');
    const both = [await run({}, { image, command }), await run({}, { image, command })];
    expect(both).toEqual([{ exitCode: 0, lines: ['first'] }, { exitCode: 0, lines: ['first'] }]);
    expect(fs.readdirSync(image.directory).sort()).toEqual(['Dockerfile', 'a']);
  });

  test('the command of the image runs with the environment and in the working directory of the image', async () => {
    const { lines } = await run(dockerfile('ENV A=1 B=2', 'WORKDIR /app', 'ENTRYPOINT ["node", "-e"]', 'CMD ["console.log(process.env.A, process.env.B, process.cwd())"]'), { environment: { B: '3' } });
    expect(lines).toEqual([expect.stringMatching(isMapped ? /^1 3 .*heavy-batch-.*\/app$/ : /^1 3 \/app$/)]);
  });

  test('the command of the job is appended to the entrypoint of the image', async () => {
    expect((await run(dockerfile('ENTRYPOINT ["node", "-e"]'), { command: ['console.log("x")'] })).lines).toEqual(['x']);
  });

  test('an absolute path of the image is a program, also in a directory of the system', async () => {
    const files = { ...dockerfile('COPY --chmod=755 tool.sh /usr/local/bin/tool', 'ENTRYPOINT ["tool"]'), 'tool.sh': '#!/bin/sh\necho "tool $1"' };
    expect((await run(files, { command: ['7'] })).lines).toEqual(['tool 7']);
  });

  test('only the environment variables that programs need are passed on from this machine', async () => {
    process.env.HEAVY_BATCH_SECRET = '1';
    const { lines } = await run(dockerfile(), { command: node('console.log(Object.keys(process.env).join())'), environment: { 'JOB': '1', 'a/b': '2' } });
    delete process.env.HEAVY_BATCH_SECRET;
    expect(lines[0].split(',')).toEqual(expect.arrayContaining(['JOB', 'PATH', 'a/b']));
    expect(lines[0]).not.toContain('HEAVY_BATCH_SECRET');
  });

  test('neither credentials nor agents nor tokens of the person are in the environment', async () => {
    const ofPerson = {
      AWS_ACCESS_KEY_ID: 'AKIDPERSON',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_PROFILE: 'prod',
      AWS_CONFIG_FILE: '/home/me/.aws/config',
      SSH_AUTH_SOCK: '/tmp/agent',
      GITHUB_TOKEN: 'ghp',
      NPM_TOKEN: 'npm',
      DOCKER_HOST: 'unix:///run/docker.sock',
      KUBECONFIG: '/home/me/.kube/config',
      XDG_RUNTIME_DIR: '/run/user/1000',
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus',
      HTTPS_PROXY: 'http://me:secret@proxy',
      USER: 'me',
    };
    const before = { ...process.env };
    Object.assign(process.env, ofPerson);
    try {
      const { lines: [printed] } = await run(dockerfile(), { command: node('console.log(JSON.stringify(process.env))') });
      const seen = JSON.parse(printed);
      expect(Object.keys(ofPerson).filter((name) => name in seen)).toEqual([]);
      const known = ['PATH', 'HOME', 'HOSTNAME', 'PYTHONUNBUFFERED', 'LANG', 'TZ', 'JAVA_HOME', 'SSL_CERT_FILE', 'SSL_CERT_DIR', ...isMapped ? ['HEAVY_BATCH_CONTAINER'] : []];
      expect(Object.keys(seen).filter((name) => !known.includes(name))).toEqual([]);
    } finally {
      for (const name of Object.keys(ofPerson)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  if (!isMapped) {
    test('the homes, the sockets and the temporary files of this machine are not there', async () => {
      const secret = path.join(os.tmpdir(), `heavy-batch-secret-${process.pid}`);
      fs.writeFileSync(secret, 'secret');
      const credentials = path.join(os.homedir(), '.aws', 'credentials');
      const places = [secret, credentials, path.join(os.homedir(), '.ssh'), '/run/docker.sock', '/var/run/docker.sock', `/run/user/${process.getuid!()}`, `/proc/${process.pid}`];
      try {
        const { lines: [found] } = await run(dockerfile(), {
          command: node(`console.log(JSON.stringify([${JSON.stringify(places)}.filter((file) => fs.existsSync(file)), fs.readdirSync('/run'), fs.readdirSync('/home'), fs.readdirSync('/tmp')]))`),
        });
        expect(JSON.parse(found)).toEqual([[], expect.not.arrayContaining(['user', 'docker.sock', 'containerd', 'podman']), [], []]);
      } finally {
        fs.rmSync(secret);
      }
    });

    test('a device, a volume and a file system in memory cannot be placed outside of the container', async () => {
      const outside = path.join(os.tmpdir(), `heavy-batch-outside-${process.pid}`);
      const target = `/loop/${'../'.repeat(20)}${outside.slice(1)}`;
      const LinuxParameters = { Devices: [{ HostPath: '/dev/null', ContainerPath: `${target}/device` }], Tmpfs: [{ ContainerPath: `${target}/memory`, Size: 1 }] };
      fs.mkdirSync(outside);
      try {
        const image = { ...dockerfile('COPY a /a', 'RUN ln -s loop /loop'), a: '' };
        const inside = await run(image, { command: sh(`ls ${outside}`), properties: { LinuxParameters }, mounts: [{ containerPath: `${target}/volume`, readOnly: false }] });
        expect(inside).toEqual({ exitCode: 0, lines: ['device', 'memory', 'volume'] }); // they are there, in the container
        expect(fs.readdirSync(outside)).toEqual([]);
      } finally {
        fs.rmSync(outside, { recursive: true });
      }
    });
  }

  test('the home of the user of this machine is not the home of the container', async () => {
    const { lines: [home] } = await run(dockerfile(), { command: node('console.log(process.env.HOME, require("fs").existsSync(process.env.HOME + "/.aws"))') });
    expect(home).toMatch(isMapped ? /heavy-batch-.*\/root false$/ : /^\/root false$/);
  });

  test('the exit code is that of the process', async () => {
    expect((await run(dockerfile(), { command: node('process.exit(3)') })).exitCode).toBe(3);
  });

  test.each([['ILL', 132], ['ABRT', 134], ['FPE', 136], ['KILL', 137], ['SEGV', 139], ['PIPE', 141], ['TERM', 143]])('an end by SIG%s is the exit code %i', async (signal, exitCode) => {
    expect(await run(dockerfile(), { command: sh(`kill -${signal} $$; sleep 5`) })).toEqual({ exitCode, lines: [] });
  });

  test('a process that handles SIGTERM decides about its exit code', async () => {
    const script = 'process.on("SIGTERM", () => process.exit(7)); console.log("up"); setInterval(() => {}, 1000)';
    expect((await run(dockerfile(), { command: node(script) }, (container) => container.stop(3_000_000))).exitCode).toBe(7);
  });

  test('the image decides with which signal it is stopped', async () => {
    const { exitCode, lines } = await run(dockerfile('STOPSIGNAL SIGUSR2'), { command: sh("trap 'echo two; exit 8' USR2; trap 'exit 9' TERM; echo up; while :; do sleep 0.1; done") }, (container, line) => { if (line === 'up') container.stop(3_000_000); });
    expect([exitCode, lines]).toEqual([8, ['up', 'two']]);
  });

  test('a signal reaches the main process only', async () => {
    const child = 'process.on("SIGTERM", () => console.log("child")); console.log("up"); setInterval(() => {}, 1000)';
    const { lines } = await run(dockerfile(), {
      command: node(`process.on("SIGTERM", () => { console.log("main"); setTimeout(() => process.exit(), 100); }); require("child_process").spawn("node", ["-e", ${JSON.stringify(child)}], { stdio: "inherit" });`),
    }, (container, line) => { if (line === 'up') container.stop(3_000_000); });
    expect(lines).toEqual(['up', 'main']);
  });

  // As in a container: the kernel drops a signal that the first process of a namespace does not handle. Only Linux tells which ones it handles.
  if (process.platform === 'linux') {
    test('a process that does not handle SIGTERM is killed when its grace period ends', async () => {
      expect((await run(dockerfile(), { command: sh('echo up; sleep 100; echo no') }, (container) => container.stop(30_000))).exitCode).toBe(137);
    });
  }

  test('with an init process, a process that does not handle SIGTERM ends with it', async () => {
    const { exitCode } = await run(dockerfile(), { command: sh('echo up; exec sleep 100'), properties: { LinuxParameters: { InitProcessEnabled: true } } }, (container) => setTimeout(() => container.stop(3_000_000), 100));
    expect(exitCode).toBe(143);
  });

  test.each([
    ['holds its output', 'sleep 371 & echo ready'],
    ['is quiet', 'sleep 371 > /dev/null 2>&1 & echo ready'],
    ['has a session of its own', 'setsid sleep 371 & sleep 0.2; echo ready'],
  ])('the container ends with its main process, and so does a process that %s', async (_name, script) => {
    expect(await run(dockerfile(), { command: sh(script) })).toEqual({ exitCode: 0, lines: ['ready'] });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(processes()).not.toContainEqual(expect.stringMatching(/^sleep 371/));
  });

  test('standard output and standard error are in one order', async () => {
    const count = 200;
    const { lines } = await run(dockerfile(), { command: sh(`i=0; while [ $i -lt ${count} ]; do echo $i; echo $i >&2; i=$((i + 1)); done`) });
    expect(isMapped ? lines.length : lines).toEqual(isMapped ? 2 * count : Array.from({ length: 2 * count }, (_item, index) => String(Math.floor(index / 2))));
  });

  test.each<[string, Record<string, string>, Partial<ContainerRequest>, string]>([
    ['a program that does not exist', {}, { command: ['no-such-program'] }, 'unable to start container process: exec: "no-such-program": executable file not found in $PATH'],
    ['a file that does not exist', {}, { command: ['./no'] }, 'exec: "./no": stat /no: no such file or directory'],
    ['a file without permission', { ...dockerfile('COPY a .'), a: '#!/bin/sh' }, { command: ['./a'] }, 'exec: "./a": permission denied'],
    ['a directory', {}, { command: ['/usr'] }, 'exec: "/usr": is a directory'],
    ['no command', {}, {}, 'CannotStartContainerError: neither the job nor its Dockerfile has a command'],
    ['an image that is not in the app', {}, { image: undefined, imageUri: 'public/x:1', command: ['x'] }, 'CannotPullContainerError: the image public/x:1 is not built from a directory of this app; use --docker to run it'],
    ['an empty Dockerfile', { Dockerfile: '' }, { command: ['x'] }, 'the Dockerfile has no FROM'],
    ['a user that nobody makes', { Dockerfile: 'FROM scratch\nUSER app' }, { command: ['x'] }, 'unable to find user app: no matching entries in passwd file'],
  ])('%s is a container that cannot start', async (_name, files, request, reason) => {
    await expect(run(files, request)).rejects.toMatchObject({ reason: expect.stringContaining(reason) });
  });

  test.each([
    ['a text without #!', 'echo no', 'exec ./a: exec format error'],
    ['a script whose interpreter does not exist', '#!/no/such\n', 'exec ./a: no such file or directory'],
  ])('%s is refused by the kernel, after the container has started', async (_name, a, line) => {
    expect(await run({ ...dockerfile('COPY --chmod=755 a .'), a }, { command: ['./a'] })).toEqual({ exitCode: 255, lines: [line] });
  });

  test.each<[string, Partial<ContainerRequest>]>([
    ['a word with a NUL', { command: ['node', 'a\0'] }],
    ['a variable with a NUL', { command: ['node'], environment: { A: 'a\0' } }],
    ['a command that is longer than the system allows', { command: ['node', '-e', '1', 'x'.repeat(3_000_000)] }],
  ])('%s is a container that does not start', async (_name, request) => {
    await expect(run(dockerfile(), request)).rejects.toMatchObject({ reason: expect.stringMatching(/^Cannot(Start|Create)ContainerError: /) });
  });

  test('a name that a RUN step would have made is a user with an id of its own', async () => {
    const { lines: [, id] } = await run(dockerfile('RUN useradd -m app', 'USER app'), { command: sh('id -un; id -u') });
    const expected = isMapped ? new RegExp(`^${process.getuid!()}$`) : /^1\d\d\d$/;
    expect(id).toMatch(expected);
  });

  describe('volumes', () => {
    const files = [{ containerPath: '/mnt/files', readOnly: false }];
    const environment = { HEAVY_BATCH_FILE_SYSTEM: '/mnt/files', OTHER: '/mnt/files-too' };

    test('all containers have the same directory for a volume', async () => {
      await run(dockerfile(), { command: node('fs.writeFileSync(process.env.HEAVY_BATCH_FILE_SYSTEM + "/a.txt", "shared")'), environment, mounts: files });
      const { lines } = await run(dockerfile(), { command: [...node('console.log(fs.readFileSync(process.argv[1], "utf8"), process.env.OTHER)'), '/mnt/files/a.txt'], environment, mounts: files });
      expect(lines).toEqual(['shared /mnt/files-too']);
    });

    test('an empty volume is the own one of a container', async () => {
      const request = { command: sh('ls /tmp/own | wc -l; touch /tmp/own/a'), mounts: [{ containerPath: '/tmp/own', readOnly: false, isEmpty: true }] };
      const both = [await run(dockerfile(), request), await run(dockerfile(), request)];
      expect(both.map(({ lines }) => lines.map((line) => line.trim()))).toEqual([['0'], ['0']]);
    });

    test('a volume can be anywhere, for any user', async () => {
      const places = ['/usr/local/data', '/usr/share/a/b', '/etc/data', '/opt/ml/input', '/data'];
      const { lines } = await run(dockerfile('RUN useradd app', 'USER app'), {
        command: ['sh', '-c', 'for place; do touch $place/of-$(id -u) && echo yes; done', 'sh', ...places],
        mounts: places.map((containerPath) => ({ containerPath, readOnly: false })),
      });
      expect(lines).toEqual(places.map(() => 'yes'));
    });

    test('the directory for a volume can be given, and a read-only one is not changed', async () => {
      const directory = imageOf({ 'a.txt': 'mine' });
      const own = new ProcessRuntime(clock, workspace, new Mounts(workspace, { '/mnt/files': directory }), launcher);
      const lines: string[] = [];
      const container = await own.start({
        ...ANY_REQUEST,
        mounts: [{ containerPath: '/mnt/files', readOnly: true }],
        command: sh('cat /mnt/files/a.txt; echo; echo more > /mnt/files/b.txt && echo written'),
        image: { directory: imageOf(dockerfile()), dockerfile: 'Dockerfile', buildArgs: {} },
        onOutput: (line) => { lines.push(line); },
      });
      await container.exited;
      expect([lines[0], lines.includes('written'), fs.existsSync(`${directory}/b.txt`)]).toEqual(['mine', isMapped, isMapped]);
    });
  });

  if (!isMapped) {
    test('read-only files, shared memory and tmpfs are those of the job', async () => {
      const { lines } = await run(dockerfile(), {
        command: sh('touch /etc/a /app 2>/dev/null || echo read-only; df -k --output=size /dev/shm /fast | tail -n 2'),
        properties: { ReadonlyRootFilesystem: true, LinuxParameters: { SharedMemorySize: 8, Tmpfs: [{ ContainerPath: '/fast', Size: 16, MountOptions: ['noexec'] }] } },
      });
      expect(lines.map((line) => line.trim())).toEqual(['read-only', String(8 * 1024), String(16 * 1024)]);
    });

    test('root in a container is not root of this machine', async () => {
      const { lines } = await run(dockerfile(), {
        command: sh('grep CapEff /proc/self/status; mount -t tmpfs x /mnt 2>/dev/null && echo mounted; (echo 1 > /proc/sys/vm/drop_caches && echo written) 2>/dev/null; ls /dev | tr "\\n" " "'),
      });
      expect([lines[0], lines.length]).toEqual([expect.stringMatching(/00000000a80425fb$/), 2]);
      expect(lines[1].split(' ')).toEqual(expect.arrayContaining(['null', 'pts', 'shm', 'stdout', 'urandom']));
      expect(lines[1]).not.toMatch(/sda|vda|kmsg|mem/);
    });

    test('a link of the image leads to the files of the container', async () => {
      const outside = imageOf({});
      const { exitCode, lines } = await run({ ...dockerfile('COPY . /links/', 'RUN ln -s /made /data && ln -s /tmp /var/tmp', `RUN ln -s ${outside} /out`, 'WORKDIR /data/deep'), a: '' }, {
        command: sh('pwd -P; ls -d /made; touch /out/x; ls /out'),
        mounts: [{ containerPath: '/out', readOnly: false }],
      });
      expect([exitCode, lines, fs.readdirSync(outside)]).toEqual([0, ['/made/deep', '/made', 'x'], ['Dockerfile']]);
    });

    test('a volume below another one is there, in whatever order they are', async () => {
      const { lines } = await run(dockerfile(), { command: sh('touch /outer/inner/a; ls /outer /outer/inner'), mounts: [{ containerPath: '/outer/inner', readOnly: false }, { containerPath: '/outer', readOnly: false }] });
      expect(lines).toEqual(['/outer:', 'inner', '', '/outer/inner:', 'a']);
    });

    test('variables of the container do not reach the programs that prepare it', async () => {
      const environment = { LD_PRELOAD: '/no/such.so', UID: '7', IFS: 'x' };
      const { lines } = await run(dockerfile(), { command: node('console.log(JSON.stringify(["LD_PRELOAD", "UID", "IFS", "PWD"].map((name) => process.env[name] ?? null)))'), environment });
      expect(lines.filter((line) => line.startsWith('['))).toEqual(['["/no/such.so","7","x",null]']);
    });

    test.each([['1234:5678', '1234 5678'], ['nobody', '65534 65534'], ['1234', '1234 0']])('USER %s is the user %s', async (user, expected) => {
      expect((await run(dockerfile(`USER ${user}`), { command: sh('echo $(id -u) $(id -g)') })).lines).toEqual([expected]);
    });

    test('USER is applied where root is one of a user namespace with a single id', async () => {
      const { readFileSync } = fs;
      const maps = jest.spyOn(jest.requireActual<typeof fs>('fs'), 'readFileSync').mockImplementation((file, ...options: any[]) => (
        /^\/proc\/self\/[ug]id_map$/.test(String(file)) ? '         0       1000          1\n' : readFileSync(file, ...options)
      ));
      try {
        expect((await run(dockerfile('USER 1234:5678'), { command: sh('echo $(id -u) $(id -g)') })).lines).toEqual(['1234 5678']);
      } finally {
        maps.mockRestore();
      }
    });

    test('a container sees no process and no temporary file of this machine', async () => {
      const { lines } = await run(dockerfile(), { command: sh(`ls /tmp | wc -l; ls -d ${process.cwd()} 2>/dev/null; ps -e -o comm= | grep -c jest`) });
      expect(lines.map((line) => line.trim())).toEqual(['0', '0']);
    });
  }
});

function processes(): string[] {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      return [fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').replace(/\0/g, ' ')];
    } catch {
      return [];
    }
  });
}
