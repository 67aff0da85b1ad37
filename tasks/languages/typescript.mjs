// The npm package, with the requested version of aws-cdk-lib.
import fs from 'node:fs';
import path from 'node:path';
import { tarball } from '../project.mjs';
import { step } from '../step.mjs';

export default {
  name: 'typescript',
  needs: ['npm'],
  apps: { quickstart: 'examples/typescript/quickstart', everything: 'test/languages/typescript' },
  program: ['node', 'index.js'],

  async install({ place, versions }) {
    fs.writeFileSync(path.join(place, 'package.json'), '{"private":true}');
    fs.rmSync(path.join(place, 'node_modules', 'cdk-heavy-batch'), { recursive: true, force: true }); // an older build has the same version
    await step('typescript: npm install', 'npm', [
      'install', '--no-save', '--no-package-lock', '--no-fund', '--no-audit', '--loglevel=error', '--prefer-offline',
      tarball(), ...Object.entries(versions).map(([name, version]) => `${name}@${version}`),
    ], { cwd: place });
    return { heavyBatch: path.join(place, 'node_modules', '.bin', 'heavy-batch') };
  },

  /** How long `import` of the library takes, as the best of three processes, and the modules that it loads. */
  async importCost({ place }) {
    const script = `
      const started = process.hrtime.bigint();
      require('cdk-heavy-batch');
      const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
      const files = Object.keys(require.cache);
      const submodules = new Set(files.map((file) => /aws-cdk-lib[/\\\\]([^/\\\\]+)[/\\\\]/.exec(file)?.[1]).filter(Boolean));
      console.log(JSON.stringify({ milliseconds: Math.round(milliseconds), modules: files.length, submodules: [...submodules].sort() }));
    `;
    const tries = [];
    for (let count = 0; count < 3; count++) tries.push(JSON.parse((await step('typescript: import', process.execPath, ['-e', script], { cwd: place })).stdout));
    const all = fs.readdirSync(path.join(place, 'node_modules', 'aws-cdk-lib'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && (entry.name.startsWith('aws-') || entry.name.startsWith('alexa-'))).length;
    return { ...tries.sort((a, b) => a.milliseconds - b.milliseconds)[0], allSubmodules: all };
  },
};
