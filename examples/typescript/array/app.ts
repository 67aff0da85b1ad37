import * as path from 'path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { HeavyBatchJob } from 'cdk-heavy-batch';

const stack = new Stack(new App(), 'Array');

// One job, and as many children as a run asks for in its input: {"arraySize": 10}. Each child does its part of the range.
new HeavyBatchJob(stack, 'Primes', {
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.mebibytes(512),
  command: ['node', 'index.js', 'Ref::parts', 'Ref::limit'],
  parameters: { parts: '1', limit: '2000000' },
});
