import { BatchClient, GetJobQueueSnapshotCommand } from '@aws-sdk/client-batch';
import { mockClient } from 'aws-sdk-client-mock';
import { readQueueFront } from '../../../src/functions/api/queue-front';

const batch = mockClient(BatchClient);
const NOW = 1_000_000;
beforeEach(() => {
  batch.reset();
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
});

const read = () => readQueueFront(batch as never, 'queue');

test('the front of a queue has the ids of its jobs, and of children of array jobs', async () => {
  const jobs = ['a', 'b:3'].map((id) => ({ jobArn: `arn:aws:batch:us-east-1:123456789012:job/${id}` }));
  batch.on(GetJobQueueSnapshotCommand, { jobQueue: 'queue' }).resolves({ frontOfQueue: { jobs, lastUpdatedAt: 5 } });
  expect(await read()).toEqual({ jobIds: ['a', 'b:3'], at: 5 });
});

test.each([{}, { frontOfQueue: {} }])('the answer %j is that of an empty queue', async (answer) => {
  batch.on(GetJobQueueSnapshotCommand).resolves(answer);
  expect(await read()).toEqual({ jobIds: [], at: NOW });
});

test('a job without an ARN has a place nevertheless', async () => {
  batch.on(GetJobQueueSnapshotCommand).resolves({ frontOfQueue: { jobs: [{}, { jobArn: 'arn:aws:batch:us-east-1:123456789012:job/b' }] } });
  expect((await read()).jobIds).toEqual(['', 'b']);
});
