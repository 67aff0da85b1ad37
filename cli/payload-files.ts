import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Emulator } from '../emulator/emulator';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime } from '../emulator/services/batch/containers';
import { CONTAINER_VARIABLES } from '../src/contract/environment';
import { parseS3Uri } from '../src/contract/object-store';

/**
 * Gives files to containers which have objects in S3 when they run in AWS. The URI of an object, as a word of the command or as an
 * environment variable, becomes the path of a file with the content of the object. A file that the container writes to the path in
 * `HEAVY_BATCH_RESULT` becomes the object that it would have written. The job role must allow both, as in AWS.
 */
export class PayloadFiles implements ContainerRuntime {
  private readonly directories = new Set<string>();

  constructor(private readonly containers: ContainerRuntime, private readonly emulator: () => Emulator) {}

  async start(request: ContainerRequest): Promise<Container> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-'));
    this.directories.add(directory);
    const { [CONTAINER_VARIABLES.RESULT]: resultUri, ...environment } = request.environment;
    const localPath = (value: string) => this.downloadIfObject(value, directory, request.jobRoleArn);
    // The children of an array job write their results next to each other.
    const resultPath = resultUri?.endsWith('/') ? `${path.join(directory, 'results')}${path.sep}` : path.join(directory, 'result');
    if (resultUri?.endsWith('/')) fs.mkdirSync(resultPath);
    try {
      const container = await this.containers.start({
        ...request,
        command: request.command?.map(localPath),
        environment: {
          ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, localPath(value)])),
          ...(resultUri === undefined ? {} : { [CONTAINER_VARIABLES.RESULT]: resultPath }),
        },
        payloadDirectory: directory,
      });
      const exited = container.exited.then((exit) => this.uploadResults(exit, request, resultUri, resultPath)).finally(() => this.remove(directory));
      return { exited, stop: (grace) => container.stop(grace) };
    } catch (error) {
      this.remove(directory);
      throw error;
    }
  }

  /** Removes the files of containers that have not ended. */
  removeAll(): void {
    this.directories.forEach((directory) => this.remove(directory));
  }

  private remove(directory: string): void {
    fs.rmSync(directory, { recursive: true, force: true });
    this.directories.delete(directory);
  }

  private downloadIfObject(value: string, directory: string, roleArn: string | undefined): string {
    const location = parseS3Uri(value);
    if (!location || this.emulator().s3.get(location.bucket, location.key) === undefined) return value;
    const file = path.join(directory, ...payloadNameOf(location.key).map((part) => part.replace(/[/\\]/g, '_')));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, this.emulator().readObject(roleArn, location.bucket, location.key));
    return file;
  }

  private uploadResults(exit: ContainerExit, { jobRoleArn, onOutput }: ContainerRequest, resultUri: string | undefined, resultPath: string): ContainerExit {
    const location = resultUri === undefined ? undefined : parseS3Uri(resultUri);
    if (!location) return exit;
    const { bucket, key } = location;
    const written = key.endsWith('/')
      ? fs.readdirSync(resultPath).map((name) => ({ file: path.join(resultPath, name), objectKey: `${key}${name}` }))
      : fs.existsSync(resultPath) ? [{ file: resultPath, objectKey: key }] : [];
    try {
      for (const { file, objectKey } of written) this.emulator().writeObject(jobRoleArn, bucket, objectKey, fs.readFileSync(file));
      return exit;
    } catch (error) {
      // In AWS the container would have made this call, and would have failed with it.
      onOutput(`upload failed: An error occurred (AccessDenied) when calling the PutObject operation: ${(error as Error).message}`);
      return { ...exit, exitCode: exit.exitCode || 1 };
    }
  }
}

/** What follows `payloads/<folder>/<job name>/` in a key. */
function payloadNameOf(key: string): string[] {
  return key.split('/').slice(3).map(decodeURIComponent);
}
