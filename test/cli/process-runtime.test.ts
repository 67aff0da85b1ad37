import * as fs from 'fs';
import * as path from 'path';
import { DockerRuntime } from '../../cli/docker-runtime';
import { Mounts } from '../../cli/mounts';
import { ProcessRuntime } from '../../cli/process-runtime';
import { ScaledClock } from '../../emulator/clock';
import { ContainerRequest } from '../../emulator/services/batch/containers';
import { imageOf } from '../emulator/apps';

const clock = new ScaledClock(100);
const localMounts = new Mounts();
const runtime = new ProcessRuntime(clock, localMounts);
afterAll(() => {
  runtime.killAll();
  localMounts.removeAll();
});

/** What a process of an image says, and how it exits. */
async function run(
  files: Record<string, string>,
  request: Partial<ContainerRequest> = {},
  act: (container: { stop(grace: number): void }, line: string) => void = () => undefined,
) {
  const lines: string[] = [];
  let container: Awaited<ReturnType<ProcessRuntime['start']>>;
  container = await runtime.start({
    jobId: 'j',
    jobName: 'n',
    attempt: 1,
    imageUri: 'x',
    vcpus: 1,
    memory: 512,
    jobQueueArn: 'q',
    environment: {},
    mounts: [],
    image: { directory: imageOf(files), dockerfile: 'Dockerfile', buildArgs: {} },
    ...request,
    onOutput: (line) => {
      lines.push(line);
      act(container, line);
    },
  });
  return { ...await container.exited, lines };
}

const node = (script: string) => ['node', '-e', script];

test('runs the command of the job in the image\'s directory', async () => {
  expect(await run({ 'index.js': 'console.log(process.argv[2]); console.error("e")' }, { command: ['node', 'index.js', '7'] }))
    .toEqual({ exitCode: 0, lines: expect.arrayContaining(['7', 'e']) });
});

test('runs the image\'s own command, with its environment, where it works', async () => {
  const { lines } = await run({ Dockerfile: 'FROM node\nENV A=1 B=2\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["node", "-e"]\nCMD ["console.log(process.env.A, process.env.B, process.cwd())"]' }, { environment: { B: '3' } });
  expect(lines[0]).toMatch(/^1 3 .*heavy-batch-/);
});

test('hands the job\'s command to the image\'s entrypoint', async () => {
  expect((await run({ Dockerfile: 'FROM node\nENTRYPOINT ["node", "-e"]' }, { command: ['console.log("x")'] })).lines).toEqual(['x']);
});

test('hands nothing of this machine\'s environment on but what every program needs', async () => {
  process.env.HEAVY_BATCH_SECRET = '1';
  const { lines } = await run({}, { command: node('console.log(Object.keys(process.env).join())'), environment: { JOB: '1' } });
  delete process.env.HEAVY_BATCH_SECRET;
  expect(lines[0].split(',')).toEqual(expect.arrayContaining(['JOB', 'PATH']));
  expect(lines[0]).not.toContain('HEAVY_BATCH_SECRET');
});

test('answers the exit code', async () => {
  expect((await run({}, { command: node('process.exit(3)') })).exitCode).toBe(3);
});

test('stops with SIGTERM', async () => {
  const { exitCode } = await run({}, { command: node('console.log("up"); setInterval(() => {}, 1000)') }, (container) => container.stop(3_000_000));
  expect(exitCode).toBe(143);
});

test('kills what ignores SIGTERM when its grace is over, and what that has started', async () => {
  const child = 'setInterval(() => {}, 1000)';
  const { exitCode, lines } = await run({}, {
    command: node(`process.on("SIGTERM", () => console.log("no")); const c = require("child_process").spawn("node", ["-e", ${JSON.stringify(child)}]); console.log(c.pid); setInterval(() => {}, 1000)`),
  }, (container, line) => { if (/^\d+$/.test(line)) container.stop(30_000); });
  expect(exitCode).toBe(137);
  expect(lines).toContain('no');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(() => process.kill(Number(lines[0]), 0)).toThrow('ESRCH');
});

test.each<[string, Record<string, string>, Partial<ContainerRequest>, string]>([
  ['a program that is not there', {}, { command: ['no-such-program'] }, 'CannotStartContainerError: exec: "no-such-program"'],
  ['no command at all', {}, {}, 'CannotStartContainerError: neither the job nor its Dockerfile has a command'],
  ['an image of somewhere else', {}, { image: undefined, imageUri: 'public/x:1', command: ['x'] }, 'CannotPullContainerError: public/x:1 is not built from a directory of this app; run it with --docker'],
  ['a Dockerfile that is none', { Dockerfile: '' }, { command: ['x'] }, 'the Dockerfile has no FROM'],
])('%s is a container that cannot start', async (_, files, request, reason) => {
  await expect(run(files, request)).rejects.toMatchObject({ reason: expect.stringContaining(reason) });
});

describe('what a container would see', () => {
  const files = [{ containerPath: '/mnt/files', readOnly: false }];

  test('is a scratch directory of its own, gone when it has ended', async () => {
    const say = { command: node('fs.writeFileSync(process.env.HEAVY_BATCH_SCRATCH + "/a", ""); console.log(process.env.HEAVY_BATCH_SCRATCH)') };
    const environment = { HEAVY_BATCH_SCRATCH: '/tmp' };
    const [[one], [two]] = [(await run({}, { ...say, environment })).lines, (await run({}, { ...say, environment })).lines];
    expect(one).toMatch(/heavy-batch-scratch-/);
    expect(two).not.toBe(one);
    expect([one, two].map((directory) => fs.existsSync(directory))).toEqual([false, false]);
  });

  test('is one directory for each volume, whichever container asks', async () => {
    const environment = { HEAVY_BATCH_FILE_SYSTEM: '/mnt/files', OTHER: '/mnt/files-too' };
    await run({}, { command: node('fs.writeFileSync(process.env.HEAVY_BATCH_FILE_SYSTEM + "/a.txt", "shared")'), environment, mounts: files });
    const { lines } = await run({}, { command: [...node('console.log(fs.readFileSync(process.argv[1], "utf8"), process.env.OTHER)'), '/mnt/files/a.txt'], environment, mounts: files });
    expect(lines).toEqual(['shared /mnt/files-too']);
  });

  test('may be a directory of this machine', async () => {
    const directory = imageOf({ 'a.txt': 'mine' });
    const mounts = new Mounts({ '/mnt/files': directory });
    expect(mounts.localPath('/mnt/files/a.txt', files)).toBe(path.join(directory, 'a.txt'));
    mounts.removeAll();
    expect(fs.existsSync(directory)).toBe(true);
  });

  test('is removed with the runner where it was temporary', () => {
    const mounts = new Mounts();
    const directories = [mounts.directoryOf(files[0]), mounts.scratch().directory];
    mounts.removeAll();
    expect(directories.map((directory) => fs.existsSync(directory))).toEqual([false, false]);
  });
});

describe('--docker', () => {
  /** An engine's command line, as far as the runtime uses it: it writes down what it is asked, and runs the command itself. */
  const docker = path.join(imageOf({}), 'docker');
  beforeAll(() => require('fs').writeFileSync(docker, // eslint-disable-line @typescript-eslint/no-require-imports
    '#!/bin/sh\necho "$@" >> "$0.log"\ncase "$1" in\n  run) while [ "$1" != "heavy-batch-local:image" ]; do shift; case "$1" in heavy-batch-local*) break;; esac; done; shift; exec "$@";;\nesac\n', { mode: 0o755 }));
  const asked = () => require('fs').readFileSync(`${docker}.log`, 'utf8').trim().split('\n'); // eslint-disable-line @typescript-eslint/no-require-imports

  test('says what is missing when no engine answers', async () => {
    await expect(new DockerRuntime(clock, new Mounts(), '/no/such/docker').check()).rejects.toThrow('--docker needs a container engine, and none answers');
  });

  test('builds the image and runs it with its share of the machine', async () => {
    const containers = new DockerRuntime(clock, new Mounts({ '/mnt/files': '/here' }), docker);
    await containers.check();
    const lines: string[] = [];
    const container = await containers.start({
      jobId: 'j',
      jobName: 'n',
      attempt: 2,
      imageUri: 'x',
      vcpus: 2,
      memory: 512,
      jobQueueArn: 'q',
      environment: { A: 'b' },
      mounts: [{ containerPath: '/mnt/files', readOnly: true }],
      command: ['echo', 'hi'],
      image: { directory: imageOf({}), dockerfile: 'Dockerfile', buildArgs: { V: '1' }, target: 'final', platform: 'linux/arm64' },
      onOutput: (line) => lines.push(line),
    });
    expect(await container.exited).toEqual({ exitCode: 0 });
    expect(lines.at(-1)).toBe('hi');
    const [, build, start] = asked();
    expect(build).toMatch(/^build --tag heavy-batch-local:\S+ --file \S+Dockerfile --build-arg V=1 --target final --platform linux\/arm64 \S+$/);
    expect(start).toMatch(/^run --rm --name heavy-batch-j-2 --cpus 2 --memory 512m --env A=b --volume \/here:\/mnt\/files:ro heavy-batch-local:\S+ echo hi$/);
  });
});
