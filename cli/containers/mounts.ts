import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Bind } from './container-view';
import { isDirectory } from './stat';
import type { Workspace } from './workspace';
import type { Mount } from '../../emulator/services/batch/containers';
import { UsageError } from '../errors';

/** The directories of this machine that stand for the volumes of a job. */
export class Mounts {
  private readonly directories: Map<string, string>;

  /** @param given the directories from `--mount`, by container path; the other volumes get temporary directories */
  constructor(private readonly workspace: Workspace, private readonly given: Readonly<Record<string, string>> = {}) {
    this.directories = new Map(Object.entries(given).map(([containerPath, directory]) => [containerPath, path.resolve(directory)]));
  }

  /** Refuses a directory from `--mount` that no volume has, and one that does not exist. */
  validate(mounts: readonly Mount[]): void {
    const paths = mounts.map(({ containerPath }) => containerPath);
    for (const [containerPath, directory] of Object.entries(this.given)) {
      if (!paths.includes(containerPath)) {
        throw new UsageError(`--mount ${containerPath}=${directory} is for a volume that the job does not have; ${
          paths.length > 0 ? `its volumes are at ${paths.join(' and ')}` : "it has no volumes: add one to the 'volumes' of the job, or leave --mount out"}`);
      }
      if (!isDirectory(directory)) throw new UsageError(`--mount ${containerPath}=${directory} does not name a directory that we may read; create it, or name another one`);
    }
  }

  /** The volumes of a container, with the directories that stand for them. */
  bindsOf(mounts: readonly Mount[]): Bind[] {
    const binds = mounts.map((mount) => ({ source: this.directoryOf(mount), target: mount.containerPath, readOnly: mount.readOnly }));
    return binds.sort((one, other) => one.target.split('/').length - other.target.split('/').length); // what is below another volume comes after it
  }

  /** The directory of a volume. An empty volume is another one each time. */
  directoryOf({ containerPath, isEmpty }: Mount): string {
    const known = this.directories.get(containerPath);
    if (known !== undefined) return known;
    const directory = this.workspace.newDirectory('volume');
    fs.chmodSync(directory, 0o1777); // the user of a container may be any
    if (!isEmpty) this.directories.set(containerPath, directory);
    return directory;
  }
}
