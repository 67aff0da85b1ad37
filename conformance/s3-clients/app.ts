// Synthesizes a job for each program, in CDK_OUTDIR. IMAGE has the programs and what they need of npm.
import { App, Size, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchCompute, HeavyBatchJob } from '../../src';

const app = new App({ outdir: process.env.CDK_OUTDIR, analyticsReporting: false });
const stack = new Stack(app, 'App');
const compute = new HeavyBatchCompute(stack, 'Compute', { maxvCpus: 4 });
const bucket = new s3.Bucket(stack, 'Bucket');

for (const [id, ...command] of JSON.parse(process.env.PROGRAMS!)) {
  const job = new HeavyBatchJob(stack, id, {
    compute,
    imageDirectory: process.env.IMAGE!,
    command: [...command, 'Ref::text'],
    parameters: { text: 'none' },
    environment: { BUCKET: bucket.bucketName },
    memory: Size.mebibytes(512),
  });
  bucket.grantReadWrite(job.jobRole);
}
app.synth();
