import * as fs from 'node:fs';
import type { Workspace } from './workspace';
import type { DeployedImage } from '../../emulator/assembly/deployment';
import { buildImage, ImageFiles } from '../image/image-files';

export interface LocalImage extends ImageFiles {
  /** The directory with the files that the image adds to its base. */
  readonly root: string;
}

/** The files of the images of a run. Each image is built once, and no container changes it. */
export class LocalImages {
  private readonly built = new Map<string, LocalImage>();

  /** @param searchPath the PATH that every base image is assumed to have */
  constructor(private readonly workspace: Workspace, private readonly searchPath: string) {}

  /** Throws a `DockerfileError`. */
  get(image: DeployedImage): LocalImage {
    const key = JSON.stringify(image);
    const known = this.built.get(key);
    if (known) return known;
    const root = this.workspace.newDirectory('image');
    fs.chmodSync(root, 0o755);
    const local = { ...buildImage(image, root, { PATH: this.searchPath }), root };
    this.built.set(key, local);
    return local;
  }
}
