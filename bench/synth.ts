import { synthesize } from './apps';

const TIMES = 9;

export interface Synth {
  readonly which: string;
  readonly resources: number;
  readonly natGateways: number;
  readonly constructsMs: number;
  readonly synthMs: number;
}

/** The resources, and how long they take: the median of several measurements, in turn, in one process that is warm. */
export function synth(): Synth[] {
  const all: Record<'library' | 'polling', ReturnType<typeof synthesize>[]> = { library: [], polling: [] };
  for (let time = 0; time <= TIMES; time++) {
    for (const which of ['library', 'polling'] as const) {
      const measured = synthesize(which);
      if (time > 0) all[which].push(measured);
    }
  }
  const median = (values: number[]) => Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)]);
  return (['library', 'polling'] as const).map((which) => ({
    which: which === 'library' ? 'heavy-batch' : 'by hand',
    resources: Object.values(all[which][0].resources).reduce((a, b) => a + b, 0),
    natGateways: all[which][0].resources['AWS::EC2::NatGateway'] ?? 0,
    constructsMs: median(all[which].map(({ constructs }) => constructs)),
    synthMs: median(all[which].map(({ synth: milliseconds }) => milliseconds)),
  }));
}
