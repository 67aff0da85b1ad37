import * as fs from 'fs';
import * as path from 'path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchApi, HeavyBatchJob } from 'cdk-heavy-batch';
import { buildSync } from 'esbuild';
import { PollingJob } from './by-hand/polling-job';
import { readAssembly } from '../emulator/assembly/assembly';
import { Deployment } from '../emulator/assembly/deployment';
import { readDeployment } from '../emulator/assembly/read-deployment';

const HERE = path.join(__dirname, '..', '.cache', 'bench');
export const IMAGE = path.join(__dirname, '..', 'examples', 'typescript', 'quickstart', 'image');

const BUNDLES = path.join(HERE, 'bundles');
// The functions are bundled before anything is measured, as those of the library are.
buildSync({
  entryPoints: ['submit', 'check'].map((name) => ({ in: path.join(__dirname, 'by-hand', `${name}.ts`), out: path.join(name, 'index') })),
  outdir: BUNDLES,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  logLevel: 'error',
});

const ARTICLE = {
  imageDirectory: IMAGE,
  instanceTypes: [new ec2.InstanceType('c4.xlarge'), new ec2.InstanceType('c4.large')],
  vcpus: 1,
  memory: Size.mebibytes(1024),
  command: ['node', 'index.js', 'Ref::processId'],
  parameters: { processId: 'none' },
  attemptTimeout: Duration.days(14),
};

/** The article's job with this library, by hand, with capacity for very many jobs at once, and that one behind an API. */
export const APPS = {
  library: (stack: Stack) => { new HeavyBatchJob(stack, 'Job', ARTICLE); },
  polling: (stack: Stack) => { new PollingJob(stack, 'Job', { imageDirectory: IMAGE, bundles: BUNDLES }); },
  many: (stack: Stack) => { new HeavyBatchJob(stack, 'Job', { ...ARTICLE, maxvCpus: 10_000 }); },
  api: (stack: Stack) => {
    const job = new HeavyBatchJob(stack, 'Job', { ...ARTICLE, maxvCpus: 10_000 });
    new HeavyBatchApi(stack, 'Api', { jobs: [{ job, name: 'sort' }], allowAnonymousAccess: true });
  },
};

export type Which = keyof typeof APPS;

const directories: string[] = [];
process.once('exit', () => directories.forEach((outdir) => fs.rmSync(outdir, { recursive: true, force: true })));

/** A new directory for an assembly, until the process ends. The CDK remembers, as long as the process lives, where it has put an asset. */
export function newDirectory(name: string): string {
  const directory = fs.mkdtempSync(path.join(HERE, `${name}-`));
  directories.push(directory);
  return directory;
}

/** Synthesizes an app. Returns its directory, how long it took in milliseconds, and its resources by type. */
export function synthesize(which: Which): { outdir: string; constructs: number; synth: number; resources: Record<string, number> } {
  const outdir = newDirectory(which);
  const started = performance.now();
  const app = new App({ outdir, analyticsReporting: false });
  APPS[which](new Stack(app, 'Bench'));
  const constructed = performance.now();
  const { template } = app.synth().getStackByName('Bench');
  const resources: Record<string, number> = {};
  for (const { Type } of Object.values<{ Type: string }>(template.Resources)) resources[Type] = (resources[Type] ?? 0) + 1;
  return { outdir, constructs: constructed - started, synth: performance.now() - constructed, resources };
}

export function deploymentOf(which: Which): Deployment {
  return readDeployment(readAssembly(synthesize(which).outdir));
}
