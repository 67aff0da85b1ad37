// The Python that the judges run in: what requirements.txt asks for, at the versions of constraints.txt.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { hashOf, madeOnce, ROOT } from './cache.mjs';

const REQUIREMENTS = path.join(ROOT, 'conformance', 'requirements.txt');
const CONSTRAINTS = path.join(ROOT, 'conformance', 'constraints.txt');

/** Answers the path of the interpreter. */
export async function prepareVenv() {
  const directory = await madeOnce('venv', hashOf(REQUIREMENTS, CONSTRAINTS), (aside) => {
    run('python3', ['-m', 'venv', aside]);
    run(path.join(aside, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS, '--constraint', CONSTRAINTS]);
  });
  return path.join(directory, 'bin', 'python');
}

/** A tool's script, to be run by the interpreter: its first line names the folder that the environment was made in. */
export function scriptOf(python, tool) {
  return path.join(path.dirname(python), tool);
}

function run(command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stdout + stderr}`);
}
