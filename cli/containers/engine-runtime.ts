import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { UsageError } from '../errors';
import { Mounts } from './mounts';
import { startProcess } from './start-process';
import { Clock } from '../../emulator/clock';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError } from '../../emulator/services/batch/containers';

const execute = promisify(execFile);

/** Runs containers in Docker, with the vCPUs and the memory of the job. */
export class EngineRuntime implements ContainerRuntime {
  private readonly names = new Set<string>();

  constructor(private readonly clock: Clock, private readonly mounts = new Mounts(), private readonly docker = 'docker') {}

  /** Throws a `UsageError` when Docker is not there. */
  async requireEngine(): Promise<void> {
    await execute(this.docker, ['info', '--format', '{{.ServerVersion}}']).catch(() => {
      throw new UsageError(`--docker needs a container engine, but '${this.docker} info' fails; start Docker, or leave out --docker to run the command as a process`);
    });
  }

  async start(request: ContainerRequest): Promise<Container> {
    const image = request.image ? await this.build(request) : request.imageUri;
    const name = `heavy-batch-${request.jobId.replace(/[^\w-]/g, '-')}-${request.attempt}`;
    const environment = Object.entries(request.environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    const volumes = [
      ...request.mounts.map((mount) => `${this.mounts.directoryOf(mount)}:${mount.containerPath}${mount.readOnly ? ':ro' : ''}`),
      ...request.payloadDirectory ? [`${request.payloadDirectory}:${request.payloadDirectory}`] : [],
    ].flatMap((volume) => ['--volume', volume]);
    const child = startProcess(this.docker, [
      'run', '--rm', '--name', name, '--cpus', String(request.vcpus), '--memory', `${request.memory}m`, ...environment, ...volumes, image, ...request.command ?? [],
    ]);
    this.names.add(name);
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', request.onOutput);
    const exited = new Promise<ContainerExit>((resolve, reject) => {
      child.once('error', (error) => reject(new ContainerStartError(`CannotStartContainerError: ${error.message}`)));
      child.once('close', (code) => {
        this.names.delete(name);
        resolve({ exitCode: code ?? 137 });
      });
    });
    return {
      exited,
      stop: (grace) => {
        void execute(this.docker, ['kill', '--signal', 'TERM', name]).catch(() => undefined);
        const timer = this.clock.after(grace, () => void execute(this.docker, ['kill', name]).catch(() => undefined));
        void exited.then(() => timer.cancel());
      },
    };
  }

  /** Kills all containers that run. */
  killAll(): void {
    this.names.forEach((name) => void execute(this.docker, ['kill', name]).catch(() => undefined));
  }

  private async build({ image, onOutput }: ContainerRequest): Promise<string> {
    const { directory, dockerfile, buildArgs, target, platform } = image!;
    const tag = `heavy-batch-local:${path.basename(directory).replace(/[^\w.-]/g, '-')}`;
    onOutput(`building ${tag}`);
    await execute(this.docker, [
      'build', '--tag', tag, '--file', path.join(directory, dockerfile),
      ...Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
      ...(target ? ['--target', target] : []), ...(platform ? ['--platform', platform] : []), directory,
    ]).catch((error) => { throw new ContainerStartError(`CannotPullContainerError: the image in ${directory} cannot be built: ${error.stderr ?? error.message}`); });
    return tag;
  }
}
