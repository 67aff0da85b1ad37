// Synthesizes the TypeScript examples with the packed library beside the lowest aws-cdk-lib and constructs that it allows, and beside the newest.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const { peerDependencies, devDependencies } = JSON.parse(fs.readFileSync(at('package.json'), 'utf8'));
const lowest = (name) => peerDependencies[name].replace('^', '');

const VERSIONS = [
  { 'aws-cdk-lib': lowest('aws-cdk-lib'), 'constructs': lowest('constructs') },
  { 'aws-cdk-lib': '2.276.0', 'constructs': '10.8.1' }, // what the pinned CDK CLI can read
];
const directory = at('dist', 'js');
const tarball = path.join(directory, fs.readdirSync(directory).find((file) => file.endsWith('.tgz')));
const examples = fs.readdirSync(at('examples', 'typescript'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

for (const versions of VERSIONS) {
  const place = at('.cache', 'cdk-versions', versions['aws-cdk-lib']);
  const started = Date.now();
  process.stderr.write(`installing aws-cdk-lib ${versions['aws-cdk-lib']} and constructs ${versions.constructs} ...`);
  fs.mkdirSync(place, { recursive: true });
  fs.writeFileSync(path.join(place, 'package.json'), '{"private":true}');
  fs.rmSync(path.join(place, 'node_modules', 'cdk-heavy-batch'), { recursive: true, force: true });
  const tools = ['typescript', 'tsx', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  run('npm', ['install', '--no-save', '--no-package-lock', '--no-fund', '--no-audit', '--loglevel=error', '--prefer-offline',
    tarball, ...Object.entries(versions).map(([name, version]) => `${name}@${version}`), ...tools], place);
  process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  for (const [name, version] of Object.entries(versions)) {
    const installed = JSON.parse(fs.readFileSync(path.join(place, 'node_modules', name, 'package.json'), 'utf8')).version;
    if (installed !== version) throw new Error(`${name} ${installed} was installed, and not ${version}`);
  }
  fs.rmSync(path.join(place, 'examples'), { recursive: true, force: true });
  fs.cpSync(at('examples', 'typescript'), path.join(place, 'examples'), { recursive: true, filter: (file) => path.basename(file) !== 'cdk.out' });
  run('npx', ['tsc', '--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--module', 'node16', '--target', 'es2022', '--types', 'node', ...examples.map((example) => `examples/${example}/app.ts`)], place);
  for (const example of examples) synthesize(example, place, versions);
}

function synthesize(example, place, versions) {
  const app = path.join(place, 'examples', example);
  const out = path.join(app, 'cdk.out');
  run('npx', ['tsx', 'app.ts'], app, { CDK_OUTDIR: out });
  const jobs = fs.readdirSync(out).filter((file) => file.endsWith('.template.json'))
    .flatMap((file) => Object.values(JSON.parse(fs.readFileSync(path.join(out, file), 'utf8')).Resources ?? {}))
    .filter(({ Type }) => Type === 'AWS::Batch::JobDefinition').length;
  if (jobs === 0) throw new Error(`${example} has no job with aws-cdk-lib ${versions['aws-cdk-lib']}`);
  console.log(`aws-cdk-lib ${versions['aws-cdk-lib']}, constructs ${versions.constructs}: ${example}, ${jobs} job${jobs === 1 ? '' : 's'}`);
}

function run(command, args, cwd, more = {}) {
  const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1', ...more };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} in ${path.relative(root, cwd)} exited with ${status}\n${stdout}${stderr}`);
  process.exit(1);
}
