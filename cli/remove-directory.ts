import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';

/** Removes a directory with all that is in it, also where its owner has taken away the permissions. */
export function removeDirectory(directory: string): void {
  try {
    fs.rmSync(directory, { recursive: true, force: true });
  } catch {
    // The kernel leaves directories without permissions where an overlay was mounted, and containers may make some too.
    spawnSync('/bin/sh', ['-c', 'chmod -R u+rwX -- "$0"; rm -rf -- "$0"', directory], { stdio: 'ignore' });
  }
}
