import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchJob, HeavyBatchListFormat, HeavyBatchResultSource } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'RunMany');

const job = new HeavyBatchJob(stack, 'Factor', {
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  maxvCpus: 8,
  command: ['node', 'index.js', 'Ref::number'],
  parameters: { number: '600851475143' },
  resultSource: HeavyBatchResultSource.LOG, // a line that the program prints
});

// Each row of the list is one run. The columns are the parameters of the job.
job.addMap('Each', {
  bucket: job.compute.payloadBucket, // or another bucket in this Region
  format: HeavyBatchListFormat.csv(),
  maxConcurrency: 4,
});
