// The wheel, in a virtual environment. The requirements of the example install it.
import fs from 'node:fs';
import path from 'node:path';
import { step } from '../step.mjs';

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
    const requirements = Object.values(apps).flatMap((app) => ['--requirement', path.join(app, 'requirements.txt')]);
    await step('python: pip install', python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--find-links', path.join(dist, 'python'), ...requirements]);
    return {
      env: { PATH: `${path.join(venv, 'bin')}${path.delimiter}${process.env.PATH}`, VIRTUAL_ENV: venv, PYTHONDONTWRITEBYTECODE: '1', JSII_RUNTIME_PACKAGE_CACHE: 'enabled' },
      heavyBatch: path.join(venv, 'bin', 'heavy-batch'), // pip installs the command line, too
    };
  },
};
