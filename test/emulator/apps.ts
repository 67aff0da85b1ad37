import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { readAssembly } from '../../emulator/assembly/assembly';
import { Deployment } from '../../emulator/assembly/deployment';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { HeavyBatchJob, HeavyBatchJobProps } from '../../src';

const directories: string[] = [];

/** Creates an image directory with a Dockerfile and other files. */
export function imageOf(files: Record<string, string>): string {
  const directory = temporary();
  for (const [name, text] of Object.entries({ Dockerfile: 'FROM scratch\n', ...files })) fs.writeFileSync(path.join(directory, name), text);
  return directory;
}

/** Synthesizes an app with the functions that ship, and returns its output directory. */
export function synthesize(build: (stack: Stack) => void): string {
  const outdir = temporary();
  const app = new App({ outdir, analyticsReporting: false });
  build(new Stack(app, 'App'));
  app.synth();
  return outdir;
}

export function deploymentOf(build: (stack: Stack) => void): Deployment {
  return readDeployment(readAssembly(synthesize(build)));
}

/** An app with one job. */
export function oneJob(props: HeavyBatchJobProps = {}): Deployment {
  return deploymentOf((stack) => {
    new HeavyBatchJob(stack, 'Job', {
      imageDirectory: imageOf({}),
      command: ['work', 'Ref::size'],
      parameters: { size: '1' },
      attemptTimeout: Duration.hours(1),
      ...props,
    });
  });
}

/** Creates a directory that is removed after the tests of a file. */
export function temporary(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-'));
  directories.push(directory);
  return directory;
}

afterAll(() => directories.splice(0).forEach((directory) => fs.rmSync(directory, { recursive: true, force: true })));
