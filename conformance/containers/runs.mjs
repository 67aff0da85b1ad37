// Runs a job with the command line that ships, in a container or as a process, and reads what can be observed of it.
import fs from 'node:fs';
import path from 'node:path';
import { step } from '../../tasks/step.mjs';

/** How much faster time passes: a time limit of a minute passes in three seconds. */
const TIME_SCALE = 20;

/**
 * The outcome of a run: the exit code of the command line, the verdict, the result, the lines that the containers printed, and the files on the volume.
 *
 * @param how the program, the directory of the apps, whether in a container, the variables of the engine, and a directory for volumes
 */
export async function runOf(job, { program, apps, docker, env, temporary }) {
  const volume = path.join(temporary, `volume-${job.id}-${docker ? 'container' : 'process'}`);
  if (job.volume) makeVolume(volume, job.volume);
  const args = [
    program, 'run', `App/${job.id}`, '--app', path.join(apps, job.app), '--json', '--time-scale', String(TIME_SCALE),
    ...job.volume ? ['--mount', `${job.volume.path}=${volume}`] : [], ...docker ? ['--docker'] : [],
    ...job.input ? ['--input', JSON.stringify(job.input)] : [],
  ];
  const { status, stdout, output } = await step(`${job.id} ${docker ? 'in a container' : 'as a process'}`, process.execPath, args, {
    cwd: temporary, // conmon leaves a file `oom` in the directory where Podman runs
    env: { NO_COLOR: '1', ...env },
    check: false,
  });
  try {
    const verdict = verdictOf(JSON.parse(stdout));
    return { exitStatus: status, ...verdict, retries: retriesOf(output), lines: linesOf(output), files: job.volume ? filesOf(volume) : {} };
  } catch (error) {
    return { exitStatus: status, problem: `${error.message}: ${output}`, lines: [], files: {} };
  }
}

/** `--json` prints the output of a run that succeeded, and the cause of one that failed. */
function verdictOf({ status, error, cause, output }) {
  const { exitCode, attempts, rounds, reason, message, result, resultError, array, nodes } = output ?? (typeof cause === 'object' && cause) ?? {};
  return { status, error, exitCode, attempts, rounds, reason, message, result, resultError, array, nodes };
}

/** The lines of the containers. Of a build only the engine prints lines, and `building` comes before it. */
function linesOf(output) {
  return output.split('\n').map((line) => /^ {10} {2}\| (.*)$/s.exec(line)?.[1]).filter((line) => line !== undefined && !/^build(?:ing|:) /.test(line));
}

/** Why there were further attempts. */
function retriesOf(output) {
  return [...output.matchAll(/ attempt \d+, after: (.*)/g)].map(([, reason]) => reason);
}

function makeVolume(directory, { files = {} }) {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  fs.chmodSync(directory, 0o777);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(directory, name), text);
}

function filesOf(directory) {
  return Object.fromEntries(fs.readdirSync(directory).sort().map((name) => [name, fs.readFileSync(path.join(directory, name), 'utf8')]));
}
