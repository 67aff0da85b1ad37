// Synthesizes the TypeScript examples with the packed library and the lowest aws-cdk-lib and constructs that it allows, then with the newest.
import fs from 'node:fs';
import path from 'node:path';
import { at, EXAMPLES, tarball, typescriptExamples } from './project.mjs';
import { script, step } from './step.mjs';

const { peerDependencies, devDependencies } = JSON.parse(fs.readFileSync(at('package.json'), 'utf8'));
const lowest = (name) => peerDependencies[name].replace('^', '');

const VERSIONS = [
  { 'aws-cdk-lib': lowest('aws-cdk-lib'), 'constructs': lowest('constructs') },
  { 'aws-cdk-lib': '2.276.0', 'constructs': '10.8.1' }, // the newest that the pinned CDK CLI can read
];

await script(async () => {
  for (const versions of VERSIONS) {
    const directory = await install(versions);
    const apps = typescriptExamples().map((example) => `examples/${example}/app.ts`);
    await step('compiling the examples', 'npx', [
      'tsc', '--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--module', 'node16', '--target', 'es2022', '--types', 'node', ...apps,
    ], { cwd: directory });
    for (const example of typescriptExamples()) await synthesize(example, directory, versions);
  }
});

async function install(versions) {
  const directory = at('.cache', 'cdk-versions', versions['aws-cdk-lib']);
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, 'package.json'), '{"private":true}');
  fs.rmSync(path.join(directory, 'node_modules', 'cdk-heavy-batch'), { recursive: true, force: true });
  const tools = ['typescript', 'tsx', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  await step(`installing ${packages.join(' and ')}`, 'npm', [
    'install', '--no-save', '--no-package-lock', '--no-fund', '--no-audit', '--loglevel=error', '--prefer-offline', tarball(), ...packages, ...tools,
  ], { cwd: directory });
  for (const [name, version] of Object.entries(versions)) {
    const installed = JSON.parse(fs.readFileSync(path.join(directory, 'node_modules', name, 'package.json'), 'utf8')).version;
    if (installed !== version) throw new Error(`${name} ${installed} was installed instead of ${version}`);
  }
  fs.rmSync(path.join(directory, 'examples'), { recursive: true, force: true });
  fs.cpSync(EXAMPLES, path.join(directory, 'examples'), { recursive: true, filter: (file) => path.basename(file) !== 'cdk.out' });
  return directory;
}

async function synthesize(example, directory, versions) {
  const app = path.join(directory, 'examples', example);
  const out = path.join(app, 'cdk.out');
  await step(`synthesizing ${example}`, 'npx', ['tsx', 'app.ts'], { cwd: app, env: { CDK_OUTDIR: out } });
  const jobs = fs.readdirSync(out).filter((file) => file.endsWith('.template.json'))
    .flatMap((file) => Object.values(JSON.parse(fs.readFileSync(path.join(out, file), 'utf8')).Resources ?? {}))
    .filter(({ Type }) => Type === 'AWS::Batch::JobDefinition').length;
  if (jobs === 0) throw new Error(`${example} has no job with aws-cdk-lib ${versions['aws-cdk-lib']}`);
  console.log(`aws-cdk-lib ${versions['aws-cdk-lib']}, constructs ${versions.constructs}: ${example}, ${jobs} job${jobs === 1 ? '' : 's'}`);
}
