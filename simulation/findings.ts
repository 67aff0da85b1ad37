export const FINDING_KINDS = ['lost', 'doubled', 'leaked', 'hung', 'wrong', 'stolen', 'forged', 'leaked to another'] as const;
export type FindingKind = typeof FINDING_KINDS[number];

/** A promise that was not kept. */
export interface Finding {
  readonly kind: FindingKind;
  /** The run's id; `-` when the finding is about no single run. */
  readonly run: string;
  readonly message: string;
}

/** For example `12.3 s`. */
export function formatSeconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}

/** Reports a finding about a run. */
export type Report = (kind: FindingKind, message: string) => void;
