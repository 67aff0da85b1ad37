import type { BatchJob } from './batch-job';

/** Nodes are processes of one machine here, and reach each other on its loopback interface. */
const MAIN_ADDRESS = '127.0.0.1';

/** https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html */
export function nodeEnvironment(nodes: number, index: number): Record<string, string> {
  return {
    AWS_BATCH_JOB_NUM_NODES: String(nodes),
    AWS_BATCH_JOB_NODE_INDEX: String(index),
    AWS_BATCH_JOB_MAIN_NODE_INDEX: '0',
    ...(index === 0 ? {} : { AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS: MAIN_ADDRESS }),
  };
}

/**
 * The nodes of a multi-node job beside its main node, which is the job itself: they start when it is up, and are stopped when it
 * is not. What becomes of them is of no account to the job.
 * https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
 */
export function followMainNode(main: BatchJob, nodes: BatchJob[], newNode: (index: number) => BatchJob): void {
  if (main.plan.nodes === undefined) return;
  if (main.status === 'RUNNING') {
    nodes.splice(0, nodes.length, ...Array.from({ length: main.plan.nodes - 1 }, (_, index) => newNode(index + 1)));
    nodes.forEach((node) => node.begin());
  } else {
    nodes.forEach((node) => node.terminate('The main node has ended'));
  }
}
