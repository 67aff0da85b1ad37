import type { Often, Which } from './scenario';
import type { Seeded } from './seeded';

/** What is known of a job by its name alone: `<anything>-<redrive>-<round>`. */
export interface NamedRound {
  readonly redrive: number;
  readonly round: number;
}

export function roundOf(jobName: string): NamedRound {
  const [, redrive, round] = /-(\d+)-(\d+)$/.exec(jobName) ?? [];
  return { redrive: Number(redrive ?? 0), round: Number(round ?? 1) };
}

export interface Subject {
  readonly jobName: string;
  readonly attempt: number;
  readonly arrayIndex?: number;
  readonly jobQueueArn: string;
  readonly memory: number;
}

/** The first rule that is for an attempt. */
export function ruleFor<T extends Which>(rules: readonly T[], subject: Subject, seeded: Seeded): T | undefined {
  return rules.find((rule, index) => (rule.round === undefined || rule.round === roundOf(subject.jobName).round)
    && (rule.attempt === undefined || rule.attempt === subject.attempt)
    && (rule.child === undefined || rule.child.includes(subject.arrayIndex ?? -1))
    && (rule.queue === undefined || subject.jobQueueArn.includes(rule.queue))
    && (rule.memoryBelow === undefined || subject.memory < rule.memoryBelow)
    && seeded.chance(rule.chance, `rule ${index} ${aboutOf(subject)}`));
}

export function aboutOf({ jobName, attempt, arrayIndex }: Omit<Subject, 'jobQueueArn' | 'memory'>): string {
  return `${jobName}/${attempt}/${arrayIndex ?? ''}`;
}

/** Whether it is time for something to go wrong once more. */
export class Frequency {
  private readonly times = new Map<string, number>();

  constructor(private readonly seeded: Seeded, private readonly elapsed: () => number) {}

  due(rule: Often, id: string, about: string): boolean {
    const times = this.times.get(`${id}/${about}`) ?? 0;
    if (rule.first !== undefined && times >= rule.first) return false;
    if (rule.until !== undefined && this.elapsed() > this.seeded.between(rule.until, `until ${id}`)) return false;
    if (!this.seeded.chance(rule.chance, `${id}/${about}`)) return false;
    this.times.set(`${id}/${about}`, times + 1);
    return true;
  }
}
