import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Mount } from '../emulator/services/batch/containers';

/**
 * Directories of this machine in the place of what a container would see: one for each volume that a job mounts, for as long as the
 * runner lives, and one for each container's scratch.
 */
export class Mounts {
  private readonly temporary: string[] = [];
  private readonly directories: Map<string, string>;

  /** @param given directories by the path at which containers see them; what is not given is temporary */
  constructor(given: { readonly [containerPath: string]: string } = {}) {
    this.directories = new Map(Object.entries(given).map(([containerPath, directory]) => [containerPath, path.resolve(directory)]));
  }

  directoryOf({ containerPath }: Mount): string {
    const directory = this.directories.get(containerPath) ?? this.make('volume');
    this.directories.set(containerPath, directory);
    return directory;
  }

  /** A directory for one container, and how to remove it. */
  scratch(): { readonly directory: string; readonly remove: () => void } {
    const directory = this.make('scratch');
    return { directory, remove: () => fs.rmSync(directory, { recursive: true, force: true }) };
  }

  /** A word that is a path in a mounted volume, as the path of this machine: a process has no mounts of its own. */
  localPath(word: string, mounts: readonly Mount[]): string {
    const mount = mounts.find(({ containerPath }) => word === containerPath || word.startsWith(`${containerPath}/`));
    return mount ? path.join(this.directoryOf(mount), word.slice(mount.containerPath.length)) : word;
  }

  removeAll(): void {
    this.temporary.splice(0).forEach((directory) => fs.rmSync(directory, { recursive: true, force: true }));
  }

  private make(what: string): string {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), `heavy-batch-${what}-`));
    this.temporary.push(directory);
    return directory;
  }
}
