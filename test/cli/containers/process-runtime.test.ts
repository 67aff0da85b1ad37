import * as fs from 'fs';
import * as path from 'path';
import { Mounts } from '../../../cli/containers/mounts';
import { ProcessRuntime } from '../../../cli/containers/process-runtime';
import { ScaledClock } from '../../../emulator/clock';
import { ContainerRequest } from '../../../emulator/services/batch/containers';
import { imageOf } from '../../emulator/apps';

const clock = new ScaledClock(100);
const temporaryMounts = new Mounts();
const runtime = new ProcessRuntime(clock, temporaryMounts);
afterAll(() => {
  runtime.killAll();
  temporaryMounts.removeAll();
});

/** Runs a container of an image to its end. Returns its exit and the lines of its output. */
async function run(
  files: Record<string, string>,
  request: Partial<ContainerRequest> = {},
  onLine: (container: { stop(grace: number): void }, line: string) => void = () => undefined,
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
    properties: {},
    environment: {},
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

test('the command of the job runs in the directory of the image', async () => {
  expect(await run({ 'index.js': 'console.log(process.argv[2]); console.error("e")' }, { command: ['node', 'index.js', '7'] }))
    .toEqual({ exitCode: 0, lines: expect.arrayContaining(['7', 'e']) });
});

test('the command of the image runs with the environment and in the working directory of the image', async () => {
  const { lines } = await run({ Dockerfile: 'FROM node\nENV A=1 B=2\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["node", "-e"]\nCMD ["console.log(process.env.A, process.env.B, process.cwd())"]' }, { environment: { B: '3' } });
  expect(lines[0]).toMatch(/^1 3 .*heavy-batch-/);
});

test('the command of the job is appended to the entrypoint of the image', async () => {
  expect((await run({ Dockerfile: 'FROM node\nENTRYPOINT ["node", "-e"]' }, { command: ['console.log("x")'] })).lines).toEqual(['x']);
});

test('only the environment variables that every program needs are passed on from this machine', async () => {
  process.env.HEAVY_BATCH_SECRET = '1';
  const { lines } = await run({}, { command: node('console.log(Object.keys(process.env).join())'), environment: { JOB: '1' } });
  delete process.env.HEAVY_BATCH_SECRET;
  expect(lines[0].split(',')).toEqual(expect.arrayContaining(['JOB', 'PATH']));
  expect(lines[0]).not.toContain('HEAVY_BATCH_SECRET');
});

test('the exit code is that of the process', async () => {
  expect((await run({}, { command: node('process.exit(3)') })).exitCode).toBe(3);
});

test('a process is stopped with SIGTERM', async () => {
  const { exitCode } = await run({}, { command: node('console.log("up"); setInterval(() => {}, 1000)') }, (container) => container.stop(3_000_000));
  expect(exitCode).toBe(143);
});

test('a process that ignores SIGTERM is killed when its grace period ends, and so are the processes that it started', async () => {
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
  ['a program that does not exist', {}, { command: ['no-such-program'] }, 'unable to start container process: exec: "no-such-program"'],
  ['no command', {}, {}, 'CannotStartContainerError: neither the job nor its Dockerfile has a command'],
  ['an image that is not in the app', {}, { image: undefined, imageUri: 'public/x:1', command: ['x'] }, 'CannotPullContainerError: the image public/x:1 is not built from a directory of this app; use --docker to run it'],
  ['an empty Dockerfile', { Dockerfile: '' }, { command: ['x'] }, 'the Dockerfile has no FROM'],
])('a container with %s cannot start', async (_, files, request, reason) => {
  await expect(run(files, request)).rejects.toMatchObject({ reason: expect.stringContaining(reason) });
});

describe('paths of the container', () => {
  const files = [{ containerPath: '/mnt/files', readOnly: false }];

  test('each container has a scratch directory, which is removed when it ends', async () => {
    const printScratch = { command: node('fs.writeFileSync(process.env.HEAVY_BATCH_SCRATCH + "/a", ""); console.log(process.env.HEAVY_BATCH_SCRATCH)') };
    const environment = { HEAVY_BATCH_SCRATCH: '/tmp' };
    const [[first], [second]] = [(await run({}, { ...printScratch, environment })).lines, (await run({}, { ...printScratch, environment })).lines];
    expect(first).toMatch(/heavy-batch-scratch-/);
    expect(second).not.toBe(first);
    expect([first, second].map((directory) => fs.existsSync(directory))).toEqual([false, false]);
  });

  test('all containers have the same directory for a volume', async () => {
    const environment = { HEAVY_BATCH_FILE_SYSTEM: '/mnt/files', OTHER: '/mnt/files-too' };
    await run({}, { command: node('fs.writeFileSync(process.env.HEAVY_BATCH_FILE_SYSTEM + "/a.txt", "shared")'), environment, mounts: files });
    const { lines } = await run({}, { command: [...node('console.log(fs.readFileSync(process.argv[1], "utf8"), process.env.OTHER)'), '/mnt/files/a.txt'], environment, mounts: files });
    expect(lines).toEqual(['shared /mnt/files-too']);
  });

  test('the directory for a volume can be given', async () => {
    const directory = imageOf({ 'a.txt': 'mine' });
    const mounts = new Mounts({ '/mnt/files': directory });
    expect(mounts.localPath('/mnt/files/a.txt', files)).toBe(path.join(directory, 'a.txt'));
    mounts.removeAll();
    expect(fs.existsSync(directory)).toBe(true);
  });

  test('temporary directories are removed', () => {
    const mounts = new Mounts();
    const directories = [mounts.directoryOf(files[0]), mounts.scratch().directory];
    mounts.removeAll();
    expect(directories.map((directory) => fs.existsSync(directory))).toEqual([false, false]);
  });
});

test.each<[string, Partial<ContainerRequest>]>([
  ['a word with a NUL', { command: ['node', 'a\0'] }],
  ['a variable with a NUL', { command: ['node'], environment: { A: 'a\0' } }],
  ['a command that is longer than the system allows', { command: ['node', '-e', '1', 'x'.repeat(3_000_000)] }],
])('%s is a container that does not start', async (_, request) => {
  await expect(run({}, request)).rejects.toMatchObject({ reason: expect.stringMatching(/^CannotStartContainerError: /) });
});
