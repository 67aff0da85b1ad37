import * as fs from 'fs';
import * as path from 'path';
import { setTimeout as sleep } from 'timers/promises';
import { EngineRuntime } from '../../../cli/containers/engine-runtime';
import { OUT_OF_MEMORY } from '../../../cli/containers/engine-state';
import { Mounts } from '../../../cli/containers/mounts';
import { CANNOT_EXECUTE } from '../../../cli/containers/start-errors';
import { Workspace } from '../../../cli/containers/workspace';
import { ScaledClock } from '../../../emulator/clock';
import type { ContainerRequest } from '../../../emulator/services/batch/containers';
import { imageOf } from '../../emulator/apps';

const clock = new ScaledClock(100);
const workspace = new Workspace();
afterAll(() => {
  clock.stop();
  workspace.removeAll();
});

/**
 * A program that stands for an engine. It logs its arguments, keeps the state of containers in files, and runs the command of a container as
 * a process. `KNOWN` is an image that it has.
 */
const ENGINE = `#!/bin/sh
here="$(dirname "$0")"
echo "$@" >> "$here/log"
state() { sed -n 's/^'"$2"'=//p' "$here/$1.state" 2>/dev/null | tail -n 1; }
for last; do :; done
case "$1" in
  --version) echo 'podman version 4.3.1';;
  build) echo 'STEP 1'; [ ! -e "$here/long-build" ] || exec sleep 60; [ ! -e "$here/no-build" ] || { echo 'no such base' >&2; exit 125; };;
  image) [ "$3" = KNOWN ];;
  pull) [ "$2" = PULLED ] || { echo "Error response from daemon: $2 not found" >&2; exit 1; };;
  create)
    [ ! -e "$here/no-create" ] || { echo 'Error response from daemon: no command specified' >&2; exit 125; }
    name="$3"; env > "$here/$name.env"
    while case "$1" in heavy-batch-local:*|KNOWN|PULLED) false;; *) true;; esac; do shift; done; shift
    printf '%s\\n' "$@" > "$here/$name.words"; printf 'status=created\\ncode=0\\n' > "$here/$name.state";;
  container)
    [ -e "$here/$3.state" ] || { echo "no such container $3" >&2; exit 1; }
    cat <<END
[{"State":{"Status":"$(state "$3" status)","ExitCode":$(state "$3" code),"OOMKilled":$(cat "$here/oom" 2>/dev/null || echo false),"Error":"$(cat "$here/error" 2>/dev/null)"},
  "Config":{"User":"$(cat "$here/user" 2>/dev/null)","StopSignal":"$(cat "$here/signal" 2>/dev/null)"}}]
END
  ;;
  start)
    [ "$2" = --attach ] || { echo 'Error response from daemon: runc create failed: unable to start container process: exec: "no": permission denied' >&2; exit 1; }
    [ ! -e "$here/no-start" ] || { cat "$here/no-start" >&2; exit 125; }
    echo status=running >> "$here/$last.state"
    IFS='
'; set -- $(cat "$here/$last.words"); "$@" & child=$!; echo $child > "$here/$last.pid"
    wait $child; code=$?
    while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
    { echo "code=$code"; echo status=exited; } >> "$here/$last.state"; [ ! -e "$here/hang" ] || exec sleep 60; exit $code;;
  wait) while [ "$(state "$2" status)" = running ]; do sleep 0.05; done;;
  kill)
    signal=KILL; [ "$2" != --signal ] || { signal="$3"; }
    kill -s "$signal" "$(cat "$here/$last.pid")";;
  rm) shift 3; for name; do rm -f "$here/$name.state"; done;;
esac
`;

let directory: string;
let engine: string;
beforeEach(() => {
  directory = imageOf({});
  engine = path.join(directory, 'engine');
  fs.writeFileSync(engine, ENGINE, { mode: 0o755 });
});
const has = (name: string, text = '') => fs.writeFileSync(path.join(directory, name), text);
const log = () => fs.readFileSync(path.join(directory, 'log'), 'utf8').trim().split('\n');
const logged = (command: string) => log().filter((line) => line.startsWith(`${command} `));

function requestOf(request: Partial<ContainerRequest>): ContainerRequest & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    jobId: 'j:3',
    jobName: 'n',
    attempt: 2,
    imageUri: 'KNOWN',
    vcpus: 2,
    memory: 512,
    jobQueueArn: 'q',
    properties: {},
    environment: {},
    mounts: [],
    onOutput: (line) => { lines.push(line); },
    lines,
    ...request,
  };
}
const runtimeOf = (onStart?: (name: string) => void) => new EngineRuntime(clock, new Mounts(workspace, { '/mnt/files': '/here' }), { engine, onStart });
const shell = (script: string) => ['sh', '-c', script];

test('--docker without a container engine is an error that says what would do', async () => {
  await expect(new EngineRuntime(clock, new Mounts(workspace), { engine: '/no/such/docker' }).requireEngine()).rejects.toThrow(
    /^--docker needs a container engine, but '\/no\/such\/docker info' fails \(.*ENOENT.*\); start it, name another program .* in the environment variable CDK_DOCKER, or leave out --docker/);
});

test('an engine that fails without a word is reported with its exit code', async () => {
  fs.writeFileSync(engine, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  await expect(runtimeOf().requireEngine()).rejects.toThrow("info' fails (exit code 3); start it");
});

test('an engine is recognized by the exit code of info, since each has other fields', async () => {
  await runtimeOf().requireEngine();
  expect(log()).toEqual(['info']);
});

test('the engine is the program in CDK_DOCKER', async () => {
  const before = process.env.CDK_DOCKER;
  process.env.CDK_DOCKER = engine;
  try {
    await new EngineRuntime(clock, new Mounts(workspace)).requireEngine();
  } finally {
    if (before === undefined) delete process.env.CDK_DOCKER;
    else process.env.CDK_DOCKER = before;
  }
  expect(log()).toEqual(['info']);
});

test('an image is built, and its container is created, started, inspected and removed', async () => {
  const started: string[] = [];
  const request = requestOf({
    environment: { GREETING: 'hello\nworld' },
    mounts: [{ containerPath: '/mnt/files', readOnly: true }],
    command: shell('echo out; echo err >&2; exit 125'),
    image: { directory: imageOf({}), dockerfile: 'Dockerfile', buildArgs: { V: '1' }, target: 'final', platform: 'linux/arm64' },
  });
  const container = await runtimeOf((name) => started.push(name)).start(request);
  expect(await container.exited).toEqual({ exitCode: 125 });
  expect(request.lines.slice(0, 2)).toEqual([expect.stringMatching(/^building heavy-batch-local:[\w.-]+$/), 'build: STEP 1']);
  expect(request.lines.slice(2).sort()).toEqual(['err', 'out']);
  const [name] = started;
  expect(name).toMatch(/^heavy-batch-[0-9a-f]{8}-j-3-2$/);
  expect(logged('build')).toEqual([expect.stringMatching(/^build --tag heavy-batch-local:\S+ --file \S+Dockerfile --build-arg V=1 --target final --platform linux\/arm64 \S+$/)]);
  expect(logged('create')[0]).toMatch(new RegExp(`^create --name ${name} --network host .* --env GREETING --volume /here:/mnt/files:ro heavy-batch-local:\\S+ sh -c `));
  expect(fs.readFileSync(path.join(directory, `${name}.env`), 'utf8')).toContain('GREETING=hello\nworld');
  expect(log().at(-1)).toBe(`rm --force --volumes ${name}`);
});

test('an image is built once for all containers that begin at the same time, and again after a failure', async () => {
  const image = { directory: imageOf({}), dockerfile: 'Dockerfile', buildArgs: {} };
  const runtime = runtimeOf();
  has('no-build');
  await expect(runtime.start(requestOf({ image }))).rejects.toMatchObject({
    reason: `CannotPullContainerError: the image in ${image.directory} cannot be built: STEP 1\nno such base`,
  });
  fs.rmSync(path.join(directory, 'no-build'));
  const containers = await Promise.all([1, 2, 3].map((attempt) => runtime.start(requestOf({ image, attempt, command: ['true'] }))));
  expect(await Promise.all(containers.map(({ exited }) => exited))).toEqual([{ exitCode: 0 }, { exitCode: 0 }, { exitCode: 0 }]);
  expect(logged('build')).toHaveLength(2);
});

test.each(['--privileged', '-v/:/host', '', ' a'])('an image whose name is %j, which an engine could take for an option, is refused', async (imageUri) => {
  await expect(runtimeOf().start(requestOf({ imageUri }))).rejects.toThrow(`CannotPullContainerError: invalid reference format: ${imageUri}`);
  expect(fs.existsSync(path.join(directory, 'log'))).toBe(false); // the engine was not asked
});

test('an image that is not built from a directory is pulled, unless it is here', async () => {
  const runtime = runtimeOf();
  await (await runtime.start(requestOf({ command: ['true'] }))).exited;
  expect(logged('pull')).toEqual([]);
  await (await runtime.start(requestOf({ imageUri: 'PULLED', command: ['true'] }))).exited;
  expect(logged('pull')).toEqual(['pull PULLED']);
  await expect(runtime.start(requestOf({ imageUri: 'NONE' }))).rejects.toMatchObject({ reason: 'CannotPullContainerError: Error response from daemon: NONE not found' });
});

test('without the program of the engine an image cannot be had', async () => {
  const runtime = new EngineRuntime(clock, new Mounts(workspace), { engine: '/no/such/docker' });
  await expect(runtime.start(requestOf({ image: { directory, dockerfile: 'Dockerfile', buildArgs: {} } }))).rejects.toMatchObject({ reason: expect.stringContaining('ENOENT') });
  await expect(runtime.start(requestOf({}))).rejects.toMatchObject({ reason: expect.stringContaining('ENOENT') });
});

test('a container that cannot be created has the reason of the engine, and is removed', async () => {
  has('no-create');
  await expect(runtimeOf().start(requestOf({}))).rejects.toMatchObject({ reason: 'CannotCreateContainerError: Error response from daemon: no command specified' });
  expect(log().at(-1)).toMatch(/^rm --force/);
});

test('a container that cannot be started has the reason that AWS Batch would see, and no output', async () => {
  has('no-start', 'Error: runc: runc create failed: unable to start container process: exec: "no": executable file not found in $PATH\n');
  const request = requestOf({ command: ['no'] });
  await expect(runtimeOf().start(request)).rejects.toMatchObject({ reason: `${CANNOT_EXECUTE} exec: "no": executable file not found in $PATH` });
  expect(request.lines).toEqual([]);
  expect(log().at(-1)).toMatch(/^rm --force/);
});

test('where the reason is lost with the output, a start without output has it', async () => {
  has('no-start', 'unable to upgrade to tcp, received 409');
  await expect(runtimeOf().start(requestOf({ command: ['no'] }))).rejects.toMatchObject({ reason: `${CANNOT_EXECUTE} exec: "no": permission denied` });
});

test('a container that was killed for its memory says so', async () => {
  has('oom', 'true');
  const container = await runtimeOf().start(requestOf({ command: shell('exit 137') }));
  expect(await container.exited).toEqual({ exitCode: 137, reason: OUT_OF_MEMORY });
});

test('a client that misses the end of its container is ended', async () => {
  has('hang');
  const request = requestOf({ command: shell('echo last; exit 3') });
  const container = await runtimeOf().start(request);
  expect(await container.exited).toEqual({ exitCode: 3 });
  expect(request.lines).toEqual(['last']);
});

test('a container that the engine has lost has a reason, and no exit code', async () => {
  const container = await runtimeOf().start(requestOf({ command: ['sleep', '0.2'] }));
  fs.writeFileSync(engine, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect(await container.exited).toEqual({ reason: expect.stringMatching(/^CannotInspectContainerError: /) });
});

test('a container is stopped by the signal of its image, and killed when it does not end', async () => {
  has('signal', 'USR1');
  const handler = await runtimeOf().start(requestOf({ command: shell('trap "exit 7" USR1 TERM; while :; do sleep 0.05; done') }));
  await sleep(100);
  handler.stop(3_000_000);
  expect(await handler.exited).toEqual({ exitCode: 7 });
  expect(logged('kill')).toEqual([expect.stringMatching(/^kill --signal USR1 heavy-batch-/)]);

  const deaf = await runtimeOf().start(requestOf({ command: shell('trap "" USR1 TERM; while :; do sleep 0.05; done') }));
  await sleep(100);
  deaf.stop(30_000);
  expect(await deaf.exited).toEqual({ exitCode: 137 });
  expect(logged('kill').at(-1)).toMatch(/^kill --signal KILL heavy-batch-/);
});

test('all containers are killed and removed before this program ends', async () => {
  const runtime = runtimeOf();
  const container = await runtime.start(requestOf({ command: ['sleep', '60'] }));
  await sleep(50);
  runtime.killAll();
  expect(log().slice(-2)).toEqual([expect.stringMatching(/^kill heavy-batch-/), expect.stringMatching(/^rm --force --volumes heavy-batch-/)]);
  await container.exited;
  runtime.killAll();
  await expect(runtime.start(requestOf({ command: ['true'] }))).rejects.toMatchObject({ statusReason: 'Task failed to start' });
  expect(logged('create')).toHaveLength(1);
});

test('a build does not outlast its run', async () => {
  has('long-build');
  const runtime = runtimeOf();
  const started = runtime.start(requestOf({ image: { directory, dockerfile: 'Dockerfile', buildArgs: {} } }));
  await sleep(100);
  runtime.killAll();
  await expect(started).rejects.toMatchObject({ reason: expect.stringContaining('cannot be built') });
});

test('a container with GPUs asks which engine it is', async () => {
  await (await runtimeOf().start(requestOf({ command: ['true'], gpus: 1 }))).exited;
  expect(logged('create')[0]).toContain('--device nvidia.com/gpu=all');
});
