import * as fs from 'node:fs';

/** Counters of Linux. `oom_kill` counts the processes that were killed for memory, also for the memory of a container. */
const COUNTERS = '/proc/vmstat';

/**
 * How many processes of this machine were killed for their memory since it was started. 0 where that is not known: on other systems the engine
 * has a machine of its own, and says itself what was killed. https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export function memoryKillsSoFar(file = COUNTERS): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(fs.readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
