import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Workspace } from '../../cli/containers/workspace';
import { PayloadFiles } from '../../cli/payload-files';
import { ContainerRequest, ContainerRuntime } from '../../emulator/services/batch/containers';
import { S3 } from '../../emulator/services/s3/s3';

let workspace: Workspace;
beforeEach(() => { workspace = new Workspace(); });
afterEach(() => workspace.removeAll());

const ROLE = 'arn:aws:iam::123456789012:role/job';
const RESULT = 's3://bucket/results/Job/hb-1';

/** Starts a container with files for its objects. `work` is what the container does; `isAllowed` is what its role may do. */
async function play(request: Partial<ContainerRequest>, work: (started: ContainerRequest) => void = () => undefined, { exitCode = 0, isAllowed = true } = {}) {
  const s3 = new S3({} as never);
  s3.put('bucket', 'payloads/Job/hb-1/parameters/size', 'a long value');
  s3.put('bucket', 'payloads/Job/hb-1/environment/..', 'dots');
  s3.put('bucket', 'payloads/Job/hb-1/environment/a/b', 'slash');
  const calls: string[] = [];
  const authorize = (action: string, roleArn: string | undefined) => {
    calls.push(`${action} ${roleArn}`);
    if (!isAllowed) throw new Error(`not authorized to perform: ${action}`);
  };
  const emulator = {
    s3,
    readObject: (roleArn: string | undefined, bucket: string, key: string) => { authorize('s3:GetObject', roleArn); return s3.get(bucket, key)!; },
    writeObject: (roleArn: string | undefined, bucket: string, key: string, body: Buffer) => { authorize('s3:PutObject', roleArn); s3.put(bucket, key, body); },
  };
  const refuse = jest.spyOn(s3, 'refuse');
  const lines: string[] = [];
  let started!: ContainerRequest;
  let files: string[] = [];
  const stops: number[] = [];
  const runtime: ContainerRuntime = {
    start: async (given) => {
      started = given;
      const exited = Promise.resolve().then(() => {
        work(given);
        files = fs.readdirSync(given.payloadDirectory!, { recursive: true }).map(String).sort();
        return { exitCode };
      });
      return { exited, stop: (grace) => { stops.push(grace); } };
    },
  };
  const payloadFiles = new PayloadFiles(runtime, workspace, emulator as never);
  const onOutput = (line: string) => lines.push(line);
  const container = await payloadFiles.start({ jobRoleArn: ROLE, environment: {}, mounts: [], onOutput, ...request } as never);
  container.stop(30_000);
  const exit = await container.exited;
  return { s3, calls, lines, started, files, stops, exit, refused: refuse.mock.calls, isLeft: fs.existsSync(started.payloadDirectory!) };
}
const write = (text: string, name = '') => ({ environment }: ContainerRequest) => fs.writeFileSync(environment.HEAVY_BATCH_RESULT + name, text);

test.each<[string, (file: string) => void, string]>([
  ['a link', (file) => fs.symlinkSync('/etc/passwd', file), 'it is a symbolic link'],
  ['a link that leads nowhere', (file) => fs.symlinkSync('/no/such', file), 'it is a symbolic link'],
  ['a pipe', (file) => execFileSync('mkfifo', [file]), 'it is not a file'],
  ['a directory', (file) => fs.mkdirSync(file), 'it is not a file'],
  ['a very large file', (file) => { fs.writeFileSync(file, ''); fs.truncateSync(file, 2 ** 31); }, 'it has 2147483648 bytes'],
])('a result that is %s is not read, and the run says why', async (_, make, reason) => {
  const { s3, refused, lines, exit } = await play({ environment: { HEAVY_BATCH_RESULT: RESULT } }, ({ environment }) => make(environment.HEAVY_BATCH_RESULT));
  expect(s3.get('bucket', 'results/Job/hb-1')).toBeUndefined();
  expect([refused, lines, exit]).toEqual([[['bucket', 'results/Job/hb-1', expect.stringContaining(reason)]], [expect.stringContaining(reason)], { exitCode: 0 }]);
});

test('the URIs of objects become paths of files with their content, and every other text stays as it is', async () => {
  const content: string[] = [];
  const { started, stops, isLeft, calls, files } = await play({
    command: ['run', 's3://bucket/payloads/Job/hb-1/parameters/size', 's3://bucket/other', 's3://bucket/'],
    environment: { DOTS: 's3://bucket/payloads/Job/hb-1/environment/..', SLASH: 's3://bucket/payloads/Job/hb-1/environment/a/b', MODE: 'prod' },
  }, ({ command, environment }) => content.push(...[command![1], environment.DOTS, environment.SLASH].map((file) => fs.readFileSync(file, 'utf8'))));
  expect(content).toEqual(['a long value', 'dots', 'slash']);
  const { command, environment, payloadDirectory } = started;
  expect([command![0], ...command!.slice(2)]).toEqual(['run', 's3://bucket/other', 's3://bucket/']);
  expect(Object.keys(environment)).toEqual(['DOTS', 'SLASH', 'MODE']);
  expect(environment.MODE).toBe('prod');
  for (const file of [command![1], environment.DOTS, environment.SLASH]) expect(path.relative(payloadDirectory!, file)).not.toMatch(/^\.\./);
  expect(files.filter((file) => file.includes('%'))).toEqual(['environment/%2E%2E']);
  expect(calls).toEqual(Array.from({ length: 3 }, () => `s3:GetObject ${ROLE}`));
  expect([stops, isLeft]).toEqual([[30_000], false]);
});

test('what the container writes to the path of its result becomes the object', async () => {
  const { s3, started, calls, exit, isLeft } = await play({ environment: { HEAVY_BATCH_RESULT: RESULT } }, write('{"a":1}'));
  expect(started.environment.HEAVY_BATCH_RESULT).toBe(path.join(started.payloadDirectory!, 'result'));
  expect(s3.get('bucket', 'results/Job/hb-1')!.toString()).toBe('{"a":1}');
  expect([calls, exit, isLeft]).toEqual([[`s3:PutObject ${ROLE}`], { exitCode: 0 }, false]);
});

test('each child of an array job writes a result of its own', async () => {
  const both = (request: ContainerRequest) => { for (const [name, text] of [['0', 'zero'], ['1', 'one']]) write(text, name)(request); };
  const { s3, started } = await play({ environment: { HEAVY_BATCH_RESULT: `${RESULT}/` } }, both);
  expect(started.environment.HEAVY_BATCH_RESULT).toBe(`${path.join(started.payloadDirectory!, 'results')}/`);
  expect(['0', '1'].map((index) => s3.get('bucket', `results/Job/hb-1/${index}`)?.toString())).toEqual(['zero', 'one']);
});

test('a container that writes nothing has no result, and keeps its exit code', async () => {
  const { s3, calls, lines, exit } = await play({ environment: { HEAVY_BATCH_RESULT: RESULT } }, undefined, { exitCode: 3 });
  expect([s3.get('bucket', 'results/Job/hb-1'), calls, lines, exit]).toEqual([undefined, [], [], { exitCode: 3 }]);
});

test.each<[number, number]>([[0, 1], [3, 3]])('a result that the role may not write makes a container that exited with %i exit with %i', async (exitCode, expected) => {
  const { lines, exit } = await play({ environment: { HEAVY_BATCH_RESULT: RESULT } }, write('1'), { exitCode, isAllowed: false });
  expect(exit).toEqual({ exitCode: expected });
  expect(lines).toEqual(['upload failed: An error occurred (AccessDenied) when calling the PutObject operation: not authorized to perform: s3:PutObject']);
});

const link = (from: string, target: string) => ({ environment }: ContainerRequest) => fs.symlinkSync(target, environment.HEAVY_BATCH_RESULT + from);
const SYMBOLIC_LINK = 'it is a symbolic link, and links are not followed; write the result itself to HEAVY_BATCH_RESULT';

test.each<[string, (request: ContainerRequest) => void, string]>([
  ['a link', link('', __filename), SYMBOLIC_LINK],
  ['a link to nothing', link('', '/no/such/file'), SYMBOLIC_LINK],
  ['a directory', ({ environment }) => fs.mkdirSync(environment.HEAVY_BATCH_RESULT), 'it is not a file; write a file to HEAVY_BATCH_RESULT'],
])('%s in the place of the result is not read', async (_, work, reason) => {
  const { s3, lines, refused, exit } = await play({ environment: { HEAVY_BATCH_RESULT: RESULT } }, work);
  expect([lines, exit]).toEqual([[`the result is not read: ${reason}`], { exitCode: 0 }]);
  expect(refused).toEqual([['bucket', 'results/Job/hb-1', reason]]);
  expect(s3.get('bucket', 'results/Job/hb-1')).toBeUndefined();
});

test('a directory of results that was replaced is not read', async () => {
  const { lines, exit, calls } = await play({ environment: { HEAVY_BATCH_RESULT: `${RESULT}/` } }, ({ environment: { HEAVY_BATCH_RESULT: results } }) => {
    fs.rmdirSync(results);
    fs.symlinkSync(__dirname, results.slice(0, -1));
  });
  expect([lines, exit, calls]).toEqual([[expect.stringMatching(/^the result is not read: \S+results\/ is not the directory that the run has created$/)], { exitCode: 0 }, []]);
});

describe('the files of a container', () => {
  const started: ContainerRequest[] = [];
  const files = (start: ContainerRuntime['start']) => {
    const containers: ContainerRuntime = { start: (given) => { started.unshift(given); return start(given); } };
    return new PayloadFiles(containers, workspace, { s3: new S3({} as never) } as never);
  };
  const request = { environment: {}, mounts: [] } as never;
  const isThere = () => fs.existsSync(started[0].payloadDirectory!);

  test('are removed when it does not start', async () => {
    await expect(files(() => Promise.reject(new Error('no image'))).start(request)).rejects.toThrow('no image');
    expect(isThere()).toBe(false);
  });

  test('are removed when the user stops it before it has ended', async () => {
    await files(async () => ({ exited: new Promise<never>(() => undefined), stop: () => undefined })).start(request);
    expect(isThere()).toBe(true);
    workspace.removeAll();
    expect(isThere()).toBe(false);
  });
});

test('a container whose role may not read its input does not start', async () => {
  await expect(play({ command: ['s3://bucket/payloads/Job/hb-1/parameters/size'] }, undefined, { isAllowed: false })).rejects.toThrow('not authorized to perform: s3:GetObject');
});
