// The Python environment of the suites: the packages of requirements.txt, at the versions of constraints.txt.
import path from 'node:path';
import { cached, hashOf } from './cache.mjs';
import { at } from '../../tasks/project.mjs';
import { step } from '../../tasks/step.mjs';

const REQUIREMENTS = at('conformance', 'requirements.txt');
const CONSTRAINTS = at('conformance', 'constraints.txt');

/** Returns the path of the Python interpreter. */
export async function prepareVenv() {
  const directory = await cached('venv', hashOf(REQUIREMENTS, CONSTRAINTS), async (temporary) => {
    await step('creating the Python environment', 'python3', ['-m', 'venv', temporary]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS, '--constraint', CONSTRAINTS];
    await step('installing the Python packages', path.join(temporary, 'bin', 'python'), install);
  });
  return path.join(directory, 'bin', 'python');
}

/**
 * Runs Python and returns what it printed. A tool of a package is run as a script: its first line names the directory in which the
 * environment was made, before the directory was renamed.
 */
export async function python(title, [script, ...args], options) {
  const interpreter = await prepareVenv();
  return step(title, interpreter, [script.includes(path.sep) || script.startsWith('-') ? script : path.join(path.dirname(interpreter), script), ...args], options);
}
