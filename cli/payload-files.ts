import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Workspace } from './containers/workspace';
import { fileNameOf } from './file-name';
import type { Emulator } from '../emulator/emulator';
import { readRegularFile } from '../emulator/regular-file';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime } from '../emulator/services/batch/containers';
import { CONTAINER_VARIABLES } from '../src/contract/environment';
import { parseS3Uri, payloadNameOf } from '../src/contract/object-store';

/**
 * Gives files to containers which have objects in S3 when they run in AWS. The URI of an object, as a word of the command or as an
 * environment variable, becomes the path of a file with the content of the object. A file that the container writes to the path in
 * `HEAVY_BATCH_RESULT` becomes the object that it would have written. The job role must allow both, as in AWS.
 */
export class PayloadFiles implements ContainerRuntime {
  constructor(private readonly containers: ContainerRuntime, private readonly workspace: Pick<Workspace, 'newDirectory' | 'remove'>, private readonly emulator: Emulator) {}

  async start(request: ContainerRequest): Promise<Container> {
    const directory = this.workspace.newDirectory('payload');
    fs.chmodSync(directory, 0o777); // the user of a container may be any
    const { [CONTAINER_VARIABLES.RESULT]: resultUri, ...environment } = request.environment;
    const localPath = (value: string) => this.downloadIfObject(value, directory, request.jobRoleArn);
    // The children of an array job write their results next to each other.
    const resultPath = resultUri?.endsWith('/') ? `${path.join(directory, 'results')}${path.sep}` : path.join(directory, 'result');
    if (resultUri?.endsWith('/')) makeOpen(resultPath);
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
      const exited = container.exited.then((exit) => this.uploadResults(exit, request, resultUri, resultPath)).finally(() => this.workspace.remove(directory));
      return { exited, stop: (grace) => container.stop(grace) };
    } catch (error) {
      this.workspace.remove(directory);
      throw error;
    }
  }

  private downloadIfObject(value: string, directory: string, roleArn: string | undefined): string {
    const location = parseS3Uri(value);
    if (!location || this.emulator.s3.get(location.bucket, location.key) === undefined) return value;
    const file = path.join(directory, ...payloadNameOf(location.key).map(fileNameOf));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, this.emulator.readObject(roleArn, location.bucket, location.key));
    return file;
  }

  private uploadResults(exit: ContainerExit, { jobRoleArn, onOutput }: ContainerRequest, resultUri: string | undefined, resultPath: string): ContainerExit {
    const location = resultUri === undefined ? undefined : parseS3Uri(resultUri);
    if (!location) return exit;
    const { bucket, key } = location;
    try {
      for (const name of key.endsWith('/') ? namesIn(resultPath, onOutput) : ['']) {
        const content = contentOf(resultPath + name);
        if (Buffer.isBuffer(content)) this.emulator.writeObject(jobRoleArn, bucket, key + name, content);
        if (typeof content !== 'string') continue;
        onOutput(`the result is not read: ${content}`); // the check function gets the same text as the reason of its AccessDenied
        this.emulator.s3.refuse(bucket, key + name, content);
      }
      return exit;
    } catch (error) {
      // In AWS the container would have made this call, and would have failed with it.
      onOutput(`upload failed: An error occurred (AccessDenied) when calling the PutObject operation: ${(error as Error).message}`);
      return { ...exit, exitCode: exit.exitCode || 1 };
    }
  }
}

/** Bytes. The emulated S3 has its objects in memory; in AWS an object can be larger. */
const LARGEST_RESULT = 1024 * 1024 * 1024;

/** Makes a directory in which the user of a container, who may be any, can write. */
function makeOpen(directory: string): void {
  fs.mkdirSync(directory);
  fs.chmodSync(directory, 0o777);
}

/** The names of the files that a child of an array job wrote. */
function namesIn(directory: string, onOutput: (line: string) => void): string[] {
  if (isOwnPath(directory) && fs.statSync(directory).isDirectory()) return fs.readdirSync(directory);
  onOutput(`the result is not read: ${directory} is not the directory that the run has created`);
  return [];
}

/**
 * What a container wrote to a file, or why it is not read. Undefined where there is nothing. Links are not followed: a container, which
 * sees other files than this machine, must not be able to read those of this machine.
 */
function contentOf(file: string): Buffer | string | undefined {
  try {
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (stat.isSymbolicLink() || !isOwnPath(file)) return 'it is a symbolic link, and links are not followed; write the result itself to HEAVY_BATCH_RESULT';
    return stat.isFile() ? readRegularFile(file, LARGEST_RESULT) : 'it is not a file; write a file to HEAVY_BATCH_RESULT';
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`;
  }
}

/** Whether no part of the path is a link. */
function isOwnPath(file: string): boolean {
  try {
    return fs.realpathSync(file) === path.resolve(file);
  } catch {
    return false;
  }
}
