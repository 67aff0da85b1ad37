import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Array');

// The input of a run sets the number of children: {"arraySize": 10}. Each child works on its part of the range.
new HeavyBatchJob(stack, 'Primes', {
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  command: ['node', 'index.js', 'Ref::parts', 'Ref::limit'],
  parameters: { parts: '1', limit: '2000000' },
});
