import type { ExecutionHost } from './state-context';

/**
 * The events of states that run one after the other. An event follows the one before in the same branch, which may not be the one before in
 * time. Histories that were recorded in AWS show which event follows which:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios.snapshot.json
 */
export class EventChain {
  /** The event that the next one follows. 0: none. */
  lastId = 0;

  constructor(private readonly host: Pick<ExecutionHost, 'record'>) {}

  /** Adds the next event. Returns its id. */
  add(type: string, details: Record<string, unknown>): number {
    this.lastId = this.host.record(type, details, this.lastId);
    return this.lastId;
  }

  /** Adds an event that the next one of the chain does not follow. Returns its id. */
  addAside(type: string, details: Record<string, unknown>): number {
    return this.host.record(type, details, this.lastId);
  }
}
