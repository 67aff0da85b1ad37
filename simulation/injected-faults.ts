import { functionKind } from './function-kind';
import { attemptKey, AttemptSubject, FaultOccurrences, findRule } from './rules';
import type { Occurrence, Scenario } from './scenario';
import type { Seeded } from './seeded';
import type { CallFault, Faults } from '../emulator/faults';
import type { ApiCall, ServiceName } from '../emulator/service';

/** Milliseconds; longer than any client waits for a response. */
const NO_RESPONSE = 60_000;

export interface FaultContext {
  /** Milliseconds since the world began. */
  readonly elapsed: () => number;
  /** The ARN of the role of the API's function, where there is one. */
  readonly apiRole?: string;
}

/** The faults of a scenario, as its seed draws them. */
export function injectedFaults(scenario: Scenario, seeded: Seeded, { elapsed, apiRole }: FaultContext): Faults {
  const occurrences = new FaultOccurrences(seeded, elapsed);
  const occursFor = (kind: string, target: string, subject: string) => (rule: Occurrence, index: number) =>
    occurrences.occurs(rule, `${kind} ${index} ${target}`, subject);

  return {
    call(_: ServiceName, call: ApiCall): CallFault | undefined {
      // Only the calls of the functions fail. Users and containers are scripted, and call without a role.
      if (call.principal === undefined) return undefined;
      const subject = String(call.input.jobName ?? subjectOf(call));
      const failure = scenario.calls.filter((rule) => rule.of.includes(call.action) && (rule.by === undefined || call.principal === apiRole)).find(occursFor('call', call.action, subject));
      if (failure) return callFault(failure.fails, failure.applied);
      const alteration = scenario.alterations.filter((rule) => rule.of === call.action).find(occursFor('alteration', call.action, subject));
      return alteration && { kind: 'alter', alter: (response) => altered(response, alteration.set) };
    },
    invocation({ functionPath, event }) {
      const kind = functionKind(functionPath);
      const subject = kind === 'api' ? subjectOfApi(event as ApiEvent) : String((event as { execution?: { Id?: string } }).execution?.Id ?? '');
      const failure = scenario.functions.filter((rule) => rule.of === kind).find(occursFor('function', kind, subject));
      return failure && { kind: INVOCATION_FAULTS[failure.fails] };
    },
    event(event) {
      const source = event.source === 'aws.batch' ? 'jobs' : 'runs';
      const { jobId, executionArn, status } = event.detail as Record<string, string>;
      const key = `event ${source === 'jobs' ? jobId : executionArn} ${status}`;
      const rule = scenario.events.find(({ of }) => of === undefined || of === source);
      const alteration = scenario.alterations.find(({ of }) => of === 'events');
      const delivered = alteration ? { ...event, ...alteration.set, detail: { ...event.detail as object, ...alteration.set } } : event;
      if (!rule) return [{ delay: 0, event: delivered }];
      if (seeded.chance(rule.lost, key)) return [];
      return Array.from({ length: rule.copies }, () => ({ delay: seeded.between(rule.late, key), event: delivered }));
    },
    ingestion: ({ stream, message }) => seeded.between(scenario.logsAfter ?? [0, 0], `ingestion ${stream} ${message}`),
    visibility: ({ jobName }) => ({
      listed: seeded.between(scenario.visibleAfter.ListJobs ?? [0, 0], `listed ${jobName}`),
      described: seeded.between(scenario.visibleAfter.DescribeJobs ?? [0, 0], `described ${jobName}`),
      forgotten: scenario.forgottenAfter && seeded.between(scenario.forgottenAfter, `forgotten ${jobName}`),
    }),
    placement({ jobName, jobId, attempt, jobQueueArn }) {
      const indexAfter = (separator: string) => jobId.includes(separator) ? Number(jobId.split(separator)[1]) : undefined;
      const subject: AttemptSubject = { jobName, attempt, arrayIndex: indexAfter(':'), nodeIndex: indexAfter('#'), jobQueueArn, memory: 0 };
      const rule = findRule(scenario.placement, subject, seeded) ?? USUAL_PLACEMENT;
      const duration = (status: 'pending' | 'runnable' | 'starting') => seeded.between(rule[status], `${status} ${attemptKey(subject)}`);
      return { pending: duration('pending'), runnable: duration('runnable'), starting: duration('starting'), stuckReason: rule.statusReason, agentIsGone: rule.agent === 'gone' };
    },
  };
}

/** Which run a call of the API is about, for a rule that counts for each run. The calls of the other functions name a job, or are counted together. */
function subjectOf({ action, input }: ApiCall): string {
  if (action === 'StartExecution') return input.name;
  const { sk } = input.Key ?? input.Item ?? {};
  return sk?.S ?? '';
}

interface ApiEvent {
  readonly requestContext?: { readonly http: { readonly method: string } };
  readonly headers?: Readonly<Record<string, string>>;
  readonly rawPath?: string;
  readonly detail?: Readonly<Record<string, string>>;
}

function subjectOfApi({ requestContext, headers, rawPath, detail = {} }: ApiEvent): string {
  if (requestContext) return `${requestContext.http.method} ${rawPath} ${headers?.['idempotency-key'] ?? ''}`;
  return `${detail.executionArn ?? detail.jobId} ${detail.status}`;
}

const INVOCATION_FAULTS = { 'before its work': 'crash-before', 'after its work': 'crash-after', 'times out': 'time-out' } as const;

/** Milliseconds. */
const USUAL_PLACEMENT: Pick<Scenario['placement'][number], 'pending' | 'runnable' | 'starting' | 'statusReason' | 'agent'> = {
  pending: [50, 2_000], runnable: [100, 120_000], starting: [500, 60_000], statusReason: undefined, agent: undefined,
};

function callFault(fails: string, applied: boolean): CallFault {
  if (fails === 'connection dropped') return { kind: 'accept-then-drop' };
  if (fails === 'no response') return { kind: 'accept-then-hang', delay: NO_RESPONSE };
  const [status, code] = fails.split(' ');
  return { kind: applied ? 'accept-then-fail' : 'refuse', status: Number(status), code };
}

/** Sets fields of each job in a response, or of the response itself when it has no jobs. */
function altered(response: any, fields: Record<string, unknown>): unknown {
  const withFields = (target: object) => ({ ...target, ...fields });
  if (Array.isArray(response.jobs)) return { ...response, jobs: response.jobs.map(withFields) };
  if (Array.isArray(response.jobSummaryList)) return { ...response, jobSummaryList: response.jobSummaryList.map(withFields) };
  return withFields(response);
}
