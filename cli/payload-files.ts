import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Emulator } from '../emulator/emulator';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime } from '../emulator/services/batch/containers';

const RESULT = 'HEAVY_BATCH_RESULT';
const URI = /^s3:\/\/([^/]+)\/(.+)$/;

/**
 * Gives containers files where in AWS they have objects: a word of the command or a variable that is the URI of an object becomes
 * the path of a file with what is in it, and what they write to the path in `HEAVY_BATCH_RESULT` becomes the object that it would
 * be. The job's role has to allow it, as it would have to there.
 */
export class PayloadFiles implements ContainerRuntime {
  private readonly directories = new Set<string>();

  constructor(private readonly containers: ContainerRuntime, private readonly emulator: () => Emulator) {}

  async start(request: ContainerRequest): Promise<Container> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-'));
    this.directories.add(directory);
    const { [RESULT]: uri, ...environment } = request.environment;
    const local = (value: string) => this.fileOf(value, directory, request.jobRoleArn);
    const result = uri?.endsWith('/') ? `${path.join(directory, 'results')}${path.sep}` : path.join(directory, 'result');
    if (uri?.endsWith('/')) fs.mkdirSync(result);
    try {
      const container = await this.containers.start({
        ...request,
        command: request.command?.map(local),
        environment: {
          ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, local(value)])),
          ...(uri === undefined ? {} : { [RESULT]: result }),
        },
        payloadDirectory: directory,
      });
      const exited = container.exited.then((exit) => this.collect(exit, request, uri, result)).finally(() => this.remove(directory));
      return { exited, stop: (grace) => container.stop(grace) };
    } catch (error) {
      this.remove(directory);
      throw error;
    }
  }

  /** What is left of containers that nobody waited for. */
  removeAll(): void {
    this.directories.forEach((directory) => this.remove(directory));
  }

  private remove(directory: string): void {
    fs.rmSync(directory, { recursive: true, force: true });
    this.directories.delete(directory);
  }

  private fileOf(value: string, directory: string, roleArn: string | undefined): string {
    const [, bucket, key] = URI.exec(value) ?? [];
    if (!bucket || this.emulator().s3.get(bucket, key) === undefined) return value;
    const file = path.join(directory, ...key.split('/').slice(3).map(decodeURIComponent).map((part) => part.replace(/[/\\]/g, '_')));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, this.emulator().readObject(roleArn, bucket, key));
    return file;
  }

  private collect(exit: ContainerExit, { jobRoleArn, onOutput }: ContainerRequest, uri: string | undefined, result: string): ContainerExit {
    if (uri === undefined) return exit;
    const written = uri.endsWith('/')
      ? fs.readdirSync(result).map((name) => ({ file: path.join(result, name), to: `${uri}${name}` }))
      : fs.existsSync(result) ? [{ file: result, to: uri }] : [];
    try {
      for (const { file, to } of written) {
        const [, bucket, key] = URI.exec(to)!;
        this.emulator().writeObject(jobRoleArn, bucket, key, fs.readFileSync(file));
      }
      return exit;
    } catch (error) {
      // The container's own call would have failed, and the container with it.
      onOutput(`upload failed: An error occurred (AccessDenied) when calling the PutObject operation: ${(error as Error).message}`);
      return { ...exit, exitCode: exit.exitCode || 1 };
    }
  }
}
