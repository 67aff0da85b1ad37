import type { AttemptFilter, Occurrence } from './scenario';
import type { Seeded } from './seeded';

/** The redrive and the round that a job's name ends with: `<anything>-<redrive>-<round>`. */
export interface NamedRound {
  readonly redrive: number;
  readonly round: number;
}

export function roundOf(jobName: string): NamedRound {
  const [, redrive, round] = /-(\d+)-(\d+)$/.exec(jobName) ?? [];
  return { redrive: Number(redrive ?? 0), round: Number(round ?? 1) };
}

/** An attempt of a job, as far as the rules of a scenario distinguish attempts. */
export interface AttemptSubject {
  readonly jobName: string;
  readonly attempt: number;
  readonly arrayIndex?: number;
  /** Undefined for the main node of a multi-node job, and for a job without nodes. */
  readonly nodeIndex?: number;
  readonly jobQueueArn: string;
  readonly memory: number;
}

/** The first rule that applies to an attempt. */
export function findRule<T extends AttemptFilter>(rules: readonly T[], subject: AttemptSubject, seeded: Seeded): T | undefined {
  return rules.find((rule, index) => (rule.round === undefined || rule.round === roundOf(subject.jobName).round)
    && (rule.attempt === undefined || rule.attempt === subject.attempt)
    && (rule.child === undefined || rule.child.includes(subject.arrayIndex ?? -1))
    && (rule.node === undefined || rule.node.includes(subject.nodeIndex ?? 0))
    && (rule.queue === undefined || subject.jobQueueArn.includes(rule.queue))
    && (rule.memoryBelow === undefined || subject.memory < rule.memoryBelow)
    && seeded.chance(rule.chance, `rule ${index} ${attemptKey(subject)}`));
}

/** The key of the random numbers of an attempt. */
export function attemptKey({ jobName, attempt, arrayIndex, nodeIndex }: Omit<AttemptSubject, 'jobQueueArn' | 'memory'>): string {
  return `${jobName}/${attempt}/${arrayIndex ?? ''}${nodeIndex ? `#${nodeIndex}` : ''}`;
}

/** Decides whether a fault occurs once more. */
export class FaultOccurrences {
  private readonly counts = new Map<string, number>();

  constructor(private readonly seeded: Seeded, private readonly elapsed: () => number) {}

  /** `ruleKey` says which rule it is, and `subject` which job or run it is about. */
  occurs(rule: Occurrence, ruleKey: string, subject: string): boolean {
    const key = `${ruleKey}/${subject}`;
    const count = this.counts.get(key) ?? 0;
    if (rule.atMost !== undefined && count >= rule.atMost) return false;
    if (rule.until !== undefined && this.elapsed() > this.seeded.between(rule.until, `until ${ruleKey}`)) return false;
    if (!this.seeded.chance(rule.chance, key)) return false;
    this.counts.set(key, count + 1);
    return true;
  }
}
