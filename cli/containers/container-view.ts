import * as fs from 'node:fs';
import * as path from 'node:path';
import { linkStatOf } from './stat';

/** A directory or a file of this machine, and where a container sees it. */
export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** As many links as Linux follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html */
const MOST_LINKS = 40;

/**
 * The files that a container will see, before it has begun: those of its volumes, of its image, and of this machine. A path of the
 * container becomes a path of this machine.
 */
export class ContainerView {
  /**
   * @param imageRoot the directory with the files that the image adds
   * @param binds what is mounted over them
   * @param isShared whether a container sees the file of this machine at a path
   */
  constructor(private readonly imageRoot: string, private readonly binds: readonly Bind[], private readonly isShared: (file: string) => boolean) {}

  /** The path of this machine of a file, whose links are followed. Undefined where the container has no such file. */
  find(file: string): string | undefined {
    const resolved = this.resolve(file);
    return resolved === undefined ? undefined : this.sourceOf(resolved);
  }

  /** The path, in the container, to which the links of a path lead. What does not exist is not looked at. Undefined for links that lead nowhere but to themselves. */
  resolve(file: string): string | undefined {
    let waiting = file.split('/').filter(Boolean);
    let done = '/';
    let links = 0;
    while (waiting.length > 0) {
      const [name, ...others] = waiting;
      waiting = others;
      const next = path.posix.join(done, name); // also for . and ..
      const source = this.sourceOf(next);
      if (source === undefined || !linkStatOf(source)?.isSymbolicLink()) {
        done = next;
        continue;
      }
      if (++links > MOST_LINKS) return undefined;
      const target = fs.readlinkSync(source);
      if (target.startsWith('/')) done = '/';
      waiting = [...target.split('/').filter(Boolean), ...waiting];
    }
    return done;
  }

  /** Where the file at a path lies on this machine. Links are not followed. */
  private sourceOf(file: string): string | undefined {
    const bind = bindOf(file, this.binds);
    if (bind) return existing(path.join(bind.source, file.slice(bind.target.length)));
    return existing(path.join(this.imageRoot, file)) ?? (this.isShared(file) ? existing(file) : undefined)
      ?? (this.binds.some(({ target }) => target.startsWith(`${file}/`)) ? this.imageRoot : undefined); // a directory above of what is mounted
  }
}

/** The mount that has a file: the deepest one. */
export function bindOf(file: string, binds: readonly Bind[]): Bind | undefined {
  return binds.filter(({ target }) => file === target || file.startsWith(`${target}/`)).sort((one, other) => other.target.length - one.target.length)[0];
}

function existing(file: string): string | undefined {
  return linkStatOf(file) ? file : undefined;
}
