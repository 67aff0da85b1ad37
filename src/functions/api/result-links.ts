import type { JobSpecs } from './job-specs';
import { outcomeIn } from './observations';
import type { S3Link } from './s3-link';
import type { StoredRun } from './stored-run';
import { resultPrefix } from '../../contract/object-store';
import { log } from '../shared/log';

/** Links to results that an answer cannot carry. */
export class ResultLinks {
  /** @param linkTo makes a link to the object of a URI */
  constructor(private readonly specs: Pick<JobSpecs, 'of'>, private readonly linkTo: (uri: string) => Promise<S3Link>) {}

  /** Undefined where the result is in the output, where there is none, and where this API may not read it. */
  async of({ id, status, stateMachineArn }: StoredRun, output: string | undefined): Promise<S3Link | undefined> {
    const { result = null, resultUri } = outcomeIn(output);
    if (status !== 'SUCCEEDED' || result !== null || typeof resultUri !== 'string') return undefined;
    try {
      // Only a result of this job is signed, whatever the output says.
      const { store } = await this.specs.of(stateMachineArn);
      if (!store || !resultUri.startsWith(resultPrefix(store)) || resultUri.endsWith('/')) return undefined;
      return await this.linkTo(resultUri);
    } catch (error) {
      // The lifecycle of the bucket may have deleted it, and the role of this API reads no results of imported jobs.
      log('failed', { runId: id, error: (error as Error).name, message: 'the answer has no link to the result' });
      return undefined;
    }
  }
}
