// In a self-test: breaks of the runtimes, each with a job that must see it.
import { bundleBroken } from '../common/modules.mjs';

export const BREAKS = [
  {
    title: 'a container that takes the words of the job as its whole command',
    change: { file: 'cli/containers/engine-runtime.ts', from: 'image, ...request.command ?? []]', to: 'image, ...request.command?.slice(1) ?? []]' },
    docker: true,
    job: 'the command of the job alone',
  },
  {
    title: 'a container whose memory was too small and that does not say so',
    change: { file: 'cli/containers/engine-state.ts', from: "'OutOfMemoryError: Container killed due to memory usage'", to: "'Killed'" },
    docker: true,
    job: 'a child that needs too much memory',
  },
  {
    title: 'a container that does not get the signal of its image',
    change: { file: 'cli/containers/engine-state.ts', from: "String(config.StopSignal || 'SIGTERM')", to: "'SIGTERM'" },
    docker: true,
    job: 'a time limit and STOPSIGNAL',
  },
  {
    title: 'a container whose volume can always be written',
    change: { file: 'cli/containers/engine-options.ts', from: "mount.readOnly ? ':ro' : ''", to: "''" },
    docker: true,
    job: 'a volume that is read-only',
  },
  {
    title: 'a process that finds the files of the attempt before',
    change: {
      file: 'cli/containers/container-setup.ts',
      from: "...this.overlay('/', imageRoot),",
      to: "command('mkdir', '-p', root), command('mount', '--bind', imageRoot, root),",
    },
    docker: false,
    job: 'an attempt does not see the files of the one before',
  },
  {
    title: 'a process that gets a signal which it does not handle',
    change: { file: 'cli/containers/process-runtime.ts', from: 'hasInit || handles(pid, signal)', to: 'hasInit || signal > 0' },
    docker: false,
    job: 'a time limit without a handler',
  },
  {
    title: 'a process with the groups of its user only',
    change: { file: 'cli/containers/container-user.ts', from: 'group === undefined', to: 'group !== null' },
    docker: false,
    job: 'USER by number with a group',
  },
];

/** The command line with a break. */
export function brokenProgram(change) {
  return bundleBroken(change, 'cli/main.ts');
}
