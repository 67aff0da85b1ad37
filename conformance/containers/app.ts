// Synthesizes the jobs of JOBS_FILE as one app, in CDK_OUTDIR.
import * as fs from 'fs';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { HeavyBatchCompute, HeavyBatchJob } from '../../src';

const app = new App({ outdir: process.env.CDK_OUTDIR, analyticsReporting: false });
const stack = new Stack(app, 'App');
const compute = new HeavyBatchCompute(stack, 'Compute', { maxvCpus: 64 });

for (const { id, imageDirectory, build = {}, volume, ulimits, sharedMemory, ...job } of JSON.parse(fs.readFileSync(process.env.JOBS_FILE!, 'utf8'))) {
  new HeavyBatchJob(stack, id, {
    compute,
    imageDirectory,
    imageBuild: build,
    command: job.command,
    parameters: job.parameters,
    environment: job.environment,
    user: job.user,
    readonlyRootFilesystem: job.readonlyRootFilesystem,
    initProcessEnabled: job.initProcessEnabled,
    nodes: job.nodes,
    attempts: job.attempts,
    retryApplicationErrors: job.attempts !== undefined,
    memory: Size.mebibytes(job.memory ?? 128),
    attemptTimeout: Duration.seconds(job.timeout ?? 86_400),
    sharedMemorySize: sharedMemory && Size.mebibytes(sharedMemory),
    ulimits: ulimits?.map(([name, softLimit, hardLimit]: [batch.UlimitName, number, number]) => ({ name, softLimit, hardLimit })),
    volumes: volume ? [batch.EcsVolume.host({ name: 'volume', containerPath: volume.path, hostPath: '/data', readonly: volume.readOnly })] : undefined,
  });
}
app.synth();
