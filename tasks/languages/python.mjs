// The wheel, in a virtual environment. The requirements of the examples install it. The tests of an example run, too: no other task has its packages.
import fs from 'node:fs';
import path from 'node:path';
import { at, tarball } from '../project.mjs';
import { step } from '../step.mjs';

/** An example with tests of its own. Its test kit is in the npm package. */
const TESTED = 'examples/python/report-api';

export default {
  name: 'python',
  needs: ['python3'],
  apps: { quickstart: 'examples/python/quickstart', everything: 'test/languages/python' },
  program: ['python3', 'trips.py'],

  async install({ place, dist, apps }) {
    const venv = path.join(place, 'venv');
    const python = path.join(venv, 'bin', 'python');
    if (!fs.existsSync(python)) await step('python: venv', 'python3', ['-m', 'venv', venv]);
    await step('python: pip uninstall', python, ['-m', 'pip', 'uninstall', '--quiet', '--yes', 'cdk-heavy-batch']); // an older build has the same version
    const requirements = [...Object.values(apps), at(TESTED)].flatMap((app) => ['--requirement', path.join(app, 'requirements.txt')]);
    await step('python: pip install', python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--find-links', path.join(dist, 'python'), ...requirements]);
    return {
      env: { PATH: `${path.join(venv, 'bin')}${path.delimiter}${process.env.PATH}`, VIRTUAL_ENV: venv, PYTHONDONTWRITEBYTECODE: '1', JSII_RUNTIME_PACKAGE_CACHE: 'enabled' },
      heavyBatch: path.join(venv, 'bin', 'heavy-batch'), // pip installs the command line, too
    };
  },

  /** As its README says it: with pytest, in a copy of the example. */
  async test({ place, env, copy }) {
    const example = path.join(place, 'tested');
    copy(TESTED, example);
    fs.writeFileSync(path.join(example, 'package.json'), '{"private":true}');
    await step('python: npm install', 'npm', [
      'install', '--no-save', '--no-package-lock', '--no-fund', '--no-audit', '--loglevel=error', '--omit=peer', tarball(),
    ], { cwd: example });
    await step('python: pytest (report-api)', 'python', ['-m', 'pytest', '-p', 'no:cacheprovider'], { cwd: example, env, limit: 180_000 });
  },
};
