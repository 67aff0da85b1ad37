// npm install of the tarball, beside the aws-cdk-lib that is asked for.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { step } from './step.mjs';

export default {
  name: 'typescript',
  needs: ['npm'],
  apps: { quickstart: 'examples/typescript/quickstart', everything: 'test/languages/typescript' },

  async install({ place, dist, versions }) {
    const directory = path.join(dist, 'js');
    const tarball = path.join(directory, fs.readdirSync(directory).find((file) => file.endsWith('.tgz')));
    fs.writeFileSync(path.join(place, 'package.json'), '{"private":true}');
    fs.rmSync(path.join(place, 'node_modules', 'cdk-heavy-batch'), { recursive: true, force: true }); // of the same version, and an older build
    await step('typescript: npm install', 'npm', [
      'install', '--no-save', '--no-package-lock', '--no-fund', '--no-audit', '--loglevel=error', '--prefer-offline',
      tarball, ...Object.entries(versions).map(([name, version]) => `${name}@${version}`),
    ], { cwd: place });
    return { heavyBatch: path.join(place, 'node_modules', '.bin', 'heavy-batch') };
  },

  /** What `import` of the library costs: the best of three processes, and the modules that it loads. */
  importCost({ place }) {
    const script = `
      const started = process.hrtime.bigint();
      require('cdk-heavy-batch');
      const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
      const files = Object.keys(require.cache);
      const submodules = new Set(files.map((file) => /aws-cdk-lib[/\\\\]([^/\\\\]+)[/\\\\]/.exec(file)?.[1]).filter(Boolean));
      console.log(JSON.stringify({ milliseconds: Math.round(milliseconds), modules: files.length, submodules: [...submodules].sort() }));
    `;
    const tries = [1, 2, 3].map(() => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: place, encoding: 'utf8' });
      if (status !== 0) throw new Error(`typescript: import: ${stderr}`);
      return JSON.parse(stdout);
    });
    const all = fs.readdirSync(path.join(place, 'node_modules', 'aws-cdk-lib'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && (entry.name.startsWith('aws-') || entry.name.startsWith('alexa-'))).length;
    return { ...tries.sort((a, b) => a.milliseconds - b.milliseconds)[0], allSubmodules: all };
  },
};
