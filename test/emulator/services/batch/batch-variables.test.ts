import { batchVariables } from '../../../../emulator/services/batch/batch-variables';

const plan = (fields: object): any => ({ queue: { name: 'q', computeEnvironmentArns: ['arn:aws:batch:r:a:compute-environment/ce'] }, ...fields });
const OF_EVERY_JOB = { AWS_BATCH_JOB_ID: 'id', AWS_BATCH_JOB_ATTEMPT: '2', AWS_BATCH_JQ_NAME: 'q', AWS_BATCH_CE_NAME: 'ce' };

test.each<[string, object, object, object]>([
  ['a job', {}, {}, {}],
  ['a job on a queue that is not in the app', { queue: { name: 'q', computeEnvironmentArns: [] } }, {}, { AWS_BATCH_CE_NAME: 'local' }],
  ['the first child of an array', { arraySize: 3 }, { arrayIndex: 0 }, { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '3' }],
  ['the main node', { nodes: 3 }, { nodeIndex: 0 }, { AWS_BATCH_JOB_NUM_NODES: '3', AWS_BATCH_JOB_NODE_INDEX: '0', AWS_BATCH_JOB_MAIN_NODE_INDEX: '0' }],
  ['another node', { nodes: 3 }, { nodeIndex: 2 }, {
    AWS_BATCH_JOB_NUM_NODES: '3', AWS_BATCH_JOB_NODE_INDEX: '2', AWS_BATCH_JOB_MAIN_NODE_INDEX: '0', AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS: '127.0.0.1',
  }],
])('the variables of %s', (_, fields, ids, more) => {
  expect(batchVariables(plan(fields), { jobId: 'id', attempt: 2, ...ids })).toEqual({ ...OF_EVERY_JOB, ...more });
});
