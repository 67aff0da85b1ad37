import type { JobPlan } from './job-plan';

/** The nodes of a multi-node job are processes of one machine here. They reach each other on its loopback interface. */
const MAIN_NODE_ADDRESS = '127.0.0.1';

interface AttemptIds {
  readonly jobId: string;
  readonly attempt: number;
  readonly arrayIndex?: number;
  readonly nodeIndex?: number;
}

/** The environment variables that Batch sets in a container. https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html */
export function batchVariables({ queue, nodes, arraySize }: JobPlan, { jobId, attempt, arrayIndex, nodeIndex = 0 }: AttemptIds): Record<string, string> {
  return {
    AWS_BATCH_JOB_ID: jobId,
    AWS_BATCH_JOB_ATTEMPT: String(attempt),
    AWS_BATCH_JQ_NAME: queue.name,
    AWS_BATCH_CE_NAME: queue.computeEnvironmentArns[0]?.split('/').at(-1) ?? 'local',
    ...(arrayIndex === undefined ? {} : { AWS_BATCH_JOB_ARRAY_INDEX: String(arrayIndex), AWS_BATCH_JOB_ARRAY_SIZE: String(arraySize) }),
    ...(nodes === undefined ? {} : nodeVariables(nodes, nodeIndex)),
  };
}

function nodeVariables(nodes: number, nodeIndex: number): Record<string, string> {
  return {
    AWS_BATCH_JOB_NUM_NODES: String(nodes),
    AWS_BATCH_JOB_NODE_INDEX: String(nodeIndex),
    AWS_BATCH_JOB_MAIN_NODE_INDEX: '0',
    ...(nodeIndex === 0 ? {} : { AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS: MAIN_NODE_ADDRESS }),
  };
}
