import * as fs from 'fs';
import * as path from 'path';
import { EngineRuntime } from '../../../cli/containers/engine-runtime';
import { Mounts } from '../../../cli/containers/mounts';
import { ScaledClock } from '../../../emulator/clock';
import { imageOf } from '../../emulator/apps';

const clock = new ScaledClock(100);

/** A program that stands for Docker: it logs its arguments and runs the command of the container as a process. */
const DOCKER = `#!/bin/sh
echo "$@" >> "$0.log"
case "$1" in
  run) while [ "$1" != "heavy-batch-local:image" ]; do shift; case "$1" in heavy-batch-local*) break;; esac; done; shift; exec "$@";;
esac
`;
const docker = path.join(imageOf({}), 'docker');
beforeAll(() => fs.writeFileSync(docker, DOCKER, { mode: 0o755 }));
const loggedArguments = () => fs.readFileSync(`${docker}.log`, 'utf8').trim().split('\n');

test('--docker without a container engine is an error', async () => {
  await expect(new EngineRuntime(clock, new Mounts(), '/no/such/docker').requireEngine()).rejects.toThrow("--docker needs a container engine, but '/no/such/docker info' fails");
});

test('an image is built, and its container runs with the vCPUs and the memory of the job', async () => {
  const containers = new EngineRuntime(clock, new Mounts({ '/mnt/files': '/here' }), docker);
  await containers.requireEngine();
  const lines: string[] = [];
  const container = await containers.start({
    jobId: 'j',
    jobName: 'n',
    attempt: 2,
    imageUri: 'x',
    vcpus: 2,
    memory: 512,
    jobQueueArn: 'q',
    properties: {},
    environment: { A: 'b' },
    mounts: [{ containerPath: '/mnt/files', readOnly: true }],
    command: ['echo', 'hi'],
    image: { directory: imageOf({}), dockerfile: 'Dockerfile', buildArgs: { V: '1' }, target: 'final', platform: 'linux/arm64' },
    onOutput: (line) => { lines.push(line); },
  });
  expect(await container.exited).toEqual({ exitCode: 0 });
  expect(lines).toEqual([expect.stringMatching(/^building heavy-batch-local:[\w.-]+$/), 'hi']);
  const [info, build, start] = loggedArguments();
  expect(info).toBe('info --format {{.ServerVersion}}');
  expect(build).toMatch(/^build --tag heavy-batch-local:\S+ --file \S+Dockerfile --build-arg V=1 --target final --platform linux\/arm64 \S+$/);
  expect(start).toMatch(/^run --rm --name heavy-batch-j-2 --cpus 2 --memory 512m --env A=b --volume \/here:\/mnt\/files:ro heavy-batch-local:\S+ echo hi$/);
});
