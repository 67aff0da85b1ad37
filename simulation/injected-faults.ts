import { Frequency, ruleFor, Subject, aboutOf } from './rules';
import type { Scenario } from './scenario';
import type { Seeded } from './seeded';
import type { CallFault, Faults } from '../emulator/faults';
import type { ApiCall, ServiceName } from '../emulator/service';

/** Longer than any client waits for an answer. */
const NO_ANSWER = 60_000;

/** The faults of a scenario, as its seed draws them. */
export function injectedFaults(scenario: Scenario, seeded: Seeded, elapsed: () => number): Faults {
  const frequency = new Frequency(seeded, elapsed);
  const untils = (kind: string, of: string, about: string) => <T extends Parameters<Frequency['due']>[0]>(rule: T, index: number) => frequency.due(rule, `${kind} ${index} ${of}`, about);

  return {
    call(_: ServiceName, call: ApiCall): CallFault | undefined {
      // Only what the functions ask for: people and containers have their own ways.
      if (call.principal === undefined) return undefined;
      const about = String(call.input.jobName ?? '');
      const wrong = scenario.calls.filter((rule) => rule.of.includes(call.action)).find(untils('call', call.action, about));
      if (wrong) return failureOf(wrong.fails, wrong.done);
      const altered = scenario.answers.filter((rule) => rule.of === call.action).find(untils('answer', call.action, about));
      return altered && { kind: 'alter', alter: (answer) => altering(answer, altered.puts) };
    },
    invocation({ functionPath, event }) {
      const its = /SubmitFunction$/.test(functionPath) ? 'submit' : 'watch';
      const about = String((event as { execution?: { Id?: string } }).execution?.Id ?? '');
      const wrong = scenario.functions.filter((rule) => rule.of === its).find(untils('function', its, about));
      return wrong && { kind: ({ 'before': 'crash-before', 'after': 'crash-after', 'times out': 'time-out' } as const)[wrong.fails] };
    },
    event(event) {
      const of = event.source === 'aws.batch' ? 'jobs' : 'runs';
      const { jobId, executionArn, status } = event.detail as Record<string, string>;
      const about = `event ${of === 'jobs' ? jobId : executionArn} ${status}`;
      const rule = scenario.events.find((one) => one.of === undefined || one.of === of);
      const altered = scenario.answers.find((one) => one.of === 'events');
      const said = altered ? { ...event, ...altered.puts, detail: { ...event.detail as object, ...altered.puts } } : event;
      if (!rule) return [{ delay: 0, event: said }];
      if (seeded.chance(rule.lost, about)) return [];
      return Array.from({ length: rule.copies }, () => ({ delay: seeded.between(rule.late, about), event: said }));
    },
    visibility: ({ jobName }) => ({
      listed: seeded.between(scenario.visible.ListJobs ?? [0, 0], `listed ${jobName}`),
      described: seeded.between(scenario.visible.DescribeJobs ?? [0, 0], `described ${jobName}`),
    }),
    placement({ jobName, jobId, attempt, jobQueueArn }) {
      const [, index] = jobId.split(':');
      const subject: Subject = { jobName, attempt, arrayIndex: index === undefined ? undefined : Number(index), jobQueueArn, memory: 0 };
      const rule = ruleFor(scenario.placement, subject, seeded) ?? USUAL_PLACEMENT;
      const drawn = (what: 'pending' | 'runnable' | 'starting') => seeded.between(rule[what], `${what} ${aboutOf(subject)}`);
      return { pending: drawn('pending'), runnable: drawn('runnable'), starting: drawn('starting'), stuckReason: rule.says };
    },
  };
}

const USUAL_PLACEMENT: Pick<Scenario['placement'][number], 'pending' | 'runnable' | 'starting' | 'says'> = {
  pending: [50, 2_000], runnable: [100, 120_000], starting: [500, 60_000], says: undefined,
};

function failureOf(fails: string, done: boolean): CallFault {
  if (fails === 'connection dropped') return { kind: 'accept-then-drop' };
  if (fails === 'no answer') return { kind: 'accept-then-hang', delay: NO_ANSWER };
  const [status, code] = fails.split(' ');
  return { kind: done ? 'accept-then-fail' : 'refuse', status: Number(status), code };
}

/** Puts something over each job that an answer tells of, or over the answer. */
function altering(answer: any, puts: Record<string, unknown>): unknown {
  const over = (one: object) => ({ ...one, ...puts });
  if (Array.isArray(answer.jobs)) return { ...answer, jobs: answer.jobs.map(over) };
  if (Array.isArray(answer.jobSummaryList)) return { ...answer, jobSummaryList: answer.jobSummaryList.map(over) };
  return over(answer);
}
