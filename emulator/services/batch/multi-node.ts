import type { Attempt, BatchJob } from './batch-job';

/**
 * Starts and stops the nodes of a multi-node job besides the main node, which the job itself stands for. They start when the main
 * node runs, and they are stopped when it does not run any more. Their outcome does not count, and the other nodes go on without a
 * node that has ended. A further attempt of the main node is a further attempt of each node.
 * https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html, https://docs.aws.amazon.com/batch/latest/userguide/job-lifecycle.html
 */
export function followMainNode(mainNode: BatchJob, otherNodes: BatchJob[], newNode: (index: number, attempts: readonly Attempt[]) => BatchJob): void {
  if (mainNode.plan.nodes === undefined) return;
  if (mainNode.status === 'RUNNING') {
    const nodes = Array.from({ length: mainNode.plan.nodes - 1 }, (_, index) => newNode(index + 1, otherNodes[index]?.attempts ?? []));
    otherNodes.splice(0, otherNodes.length, ...nodes);
    otherNodes.forEach((node) => node.begin());
  } else {
    otherNodes.forEach((node) => node.terminate('The main node has ended'));
  }
}
