import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Mount } from '../../emulator/services/batch/containers';

/**
 * The directories of this machine that stand for what a container would see: one for each volume that the job mounts, and one for the
 * scratch directory of each container.
 */
export class Mounts {
  private readonly temporary: string[] = [];
  private readonly directories: Map<string, string>;

  /** @param given the directories from `--mount`, by container path; the other volumes get temporary directories */
  constructor(given: { readonly [containerPath: string]: string } = {}) {
    this.directories = new Map(Object.entries(given).map(([containerPath, directory]) => [containerPath, path.resolve(directory)]));
  }

  directoryOf({ containerPath }: Mount): string {
    const directory = this.directories.get(containerPath) ?? this.makeTemporary('volume');
    this.directories.set(containerPath, directory);
    return directory;
  }

  /** Creates the scratch directory of a container. */
  scratch(): { readonly directory: string; readonly remove: () => void } {
    const directory = this.makeTemporary('scratch');
    return { directory, remove: () => fs.rmSync(directory, { recursive: true, force: true }) };
  }

  /** Replaces a path in a mounted volume with the path of this machine, since a process has no mounts. Any other text is returned as it is. */
  localPath(text: string, mounts: readonly Mount[]): string {
    const mount = mounts.find(({ containerPath }) => text === containerPath || text.startsWith(`${containerPath}/`));
    return mount ? path.join(this.directoryOf(mount), text.slice(mount.containerPath.length)) : text;
  }

  /** Removes the temporary directories. */
  removeAll(): void {
    this.temporary.splice(0).forEach((directory) => fs.rmSync(directory, { recursive: true, force: true }));
  }

  private makeTemporary(kind: 'volume' | 'scratch'): string {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), `heavy-batch-${kind}-`));
    this.temporary.push(directory);
    return directory;
  }
}
