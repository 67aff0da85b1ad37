import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Payloads');

// A text of any length is a parameter of a run, and the counts are the result of the run.
new HeavyBatchJob(stack, 'Words', {
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  command: ['node', 'index.js', 'Ref::text'],
  parameters: { text: 'the quick brown fox jumps over the lazy dog' },
});
