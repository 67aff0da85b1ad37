import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Payloads');

// A text of any length comes in as a parameter, and what was counted goes out as the run's result.
new HeavyBatchJob(stack, 'Words', {
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  command: ['node', 'index.js', 'Ref::text'],
  parameters: { text: 'the quick brown fox jumps over the lazy dog' },
});
