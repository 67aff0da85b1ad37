import type { LogStreamState } from './services/cloudwatch-logs/cloudwatch-logs';
import type { StoredItem } from './services/dynamodb/dynamodb';
import type { ObjectState, StoredObject } from './services/s3/objects';
import type { ExecutionState } from './states/execution-state';

/** What the services have, as plain data: another emulator can go on with it. Messages of queues, jobs of Batch and uploads in parts are not among it. */
export interface EmulatorState {
  readonly executions: readonly ExecutionState[];
  readonly items: readonly StoredItem[];
  readonly logStreams: readonly LogStreamState[];
  readonly objects: readonly ObjectState[];
}

/** Is told what changes in the services, so that it can be kept. What it is given may still change, and it is then told again. */
export interface Journal {
  /** An execution has begun or has gone on. */
  readonly onExecution: (execution: ExecutionState) => void;
  /** An item was written, or deleted where it is undefined. */
  readonly onItem: (table: string, key: string, item: object | undefined) => void;
  /** A log stream was made or has got lines, or is gone where it is undefined. */
  readonly onLogStream: (group: string, stream: string, state: LogStreamState | undefined) => void;
  /** An object was put, or deleted where it is undefined. */
  readonly onObject: (bucket: string, key: string, object: StoredObject | undefined) => void;
}
