import type { ChildExecution, MapCall } from './map-run';
import { fill, Scope } from './paths';
import { TaskError } from './task-error';

interface WriterConfig {
  readonly Transformation?: 'NONE' | 'COMPACT';
  readonly OutputType?: 'JSON' | 'JSONL';
}

export interface ResultFiles {
  readonly mapRunArn: string;
  /** The state machine of the child executions. */
  readonly stateMachineArn: string;
  readonly children: readonly (ChildExecution | undefined)[];
  readonly call: MapCall;
}

/**
 * Writes the results of the executions of a distributed map to S3. Returns where their manifest is.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export async function writeResults(writer: Record<string, any>, scope: Scope, files: ResultFiles): Promise<unknown> {
  const { mapRunArn, stateMachineArn, call } = files;
  const { Transformation = 'NONE', OutputType = 'JSON' }: WriterConfig = writer.WriterConfig ?? {};
  const { Bucket, Prefix } = fill(writer.Parameters, scope) as { Bucket: string; Prefix?: string };
  const directory = `${Prefix === undefined ? '' : `${Prefix}/`}${mapRunArn.split(':').at(-1)}`;
  const put = async (Key: string, Body: string) => {
    try {
      await call(writer.Resource, { Bucket, Key, Body });
    } catch (error) {
      throw error instanceof TaskError ? new TaskError('States.ResultWriterFailed', error.cause) : error;
    }
    return { Key, Size: Buffer.byteLength(Body) };
  };
  const started = files.children.filter((child): child is ChildExecution => child !== undefined);
  const succeeded = started.filter((child) => child.status === 'SUCCEEDED');
  // The transformation of the writer changes only the records of executions that succeeded.
  const records = {
    SUCCEEDED: Transformation === 'COMPACT' ? succeeded.map((child) => child.output) : succeeded.map((child) => recordOf(child, stateMachineArn)),
    FAILED: started.filter((child) => child.status !== 'SUCCEEDED').map((child) => recordOf(child, stateMachineArn)),
  };
  const written: Record<string, { Key: string; Size: number }[]> = { SUCCEEDED: [], FAILED: [], PENDING: [] };
  for (const [status, list] of Object.entries(records)) {
    const text = OutputType === 'JSON' ? JSON.stringify(list) : list.map((record) => `${JSON.stringify(record)}\n`).join('');
    if (list.length > 0) written[status].push(await put(`${directory}/${status}_0.${OutputType.toLowerCase()}`, text));
  }
  const manifest = await put(`${directory}/manifest.json`, JSON.stringify({ DestinationBucket: Bucket, MapRunArn: mapRunArn, ResultFiles: written }));
  return { Bucket, Key: manifest.Key };
}

/** What the service writes about an execution, in its spelling. */
function recordOf(child: ChildExecution, StateMachineArn: string): Record<string, unknown> {
  const { arn, name, input, output, status, error, cause, startedAt, stoppedAt, redriveCount } = child;
  return {
    ExecutionArn: arn,
    Input: JSON.stringify(input),
    InputDetails: { Included: true },
    Name: name,
    ...(output === undefined ? {} : { Output: JSON.stringify(output), OutputDetails: { Included: true } }),
    RedriveCount: redriveCount,
    RedriveStatus: status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN',
    StartDate: new Date(startedAt).toISOString(),
    StateMachineArn,
    Status: status,
    StopDate: stoppedAt === undefined ? undefined : new Date(stoppedAt).toISOString(),
    Error: error,
    Cause: cause,
  };
}
