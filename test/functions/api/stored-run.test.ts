import { additionOf, RunChange, stepOf, TimelineEntry } from '../../../src/functions/api/stored-run';

const change = (status: RunChange['status'], more: Partial<RunChange> = {}, details: Partial<RunChange['details']> = {}): RunChange => (
  { id: 'run-1', stateMachineArn: 'arn', status, step: '', at: 5_000, ...more, details: { redrives: 0, round: 1, attempt: 1, ...details } }
);
const entries = (count: number): TimelineEntry[] => Array.from({ length: count }, (_, index) => ({ status: index % 2 === 0 ? 'RUNNABLE' : 'RUNNING', at: index, redrives: 0, round: 1, attempt: 1 }));

test.each([
  ['a later status', { redrives: 0, round: 1, attempt: 1, status: 'RUNNING' }, { redrives: 0, round: 1, attempt: 1, status: 'STARTING' }],
  ['a further attempt', { redrives: 0, round: 1, attempt: 2, status: 'RUNNABLE' }, { redrives: 0, round: 1, attempt: 1, status: 'RUNNING' }],
  ['a further round', { redrives: 0, round: 10, attempt: 1, status: 'RUNNABLE' }, { redrives: 0, round: 9, attempt: 3, status: 'RUNNING' }],
  ['the end', { redrives: 0, status: 'FAILED' }, { redrives: 0, round: 99_999, attempt: 9, status: 'RUNNING' }],
  ['a redrive', { redrives: 1, status: 'SUBMITTED' }, { redrives: 0, status: 'FAILED' }],
] as const)('the step of %s is behind', (_, later, earlier) => {
  expect(stepOf(later) > stepOf(earlier)).toBe(true);
});

describe('a timeline', () => {
  const [last] = entries(1);

  test('has a status once, unless something else has changed', () => {
    expect(additionOf(change('RUNNABLE'), [last])).toEqual({});
    for (const details of [{ redrives: 1 }, { round: 2 }, { attempt: 2 }, { reason: 'CAPACITY' }]) expect(additionOf(change('RUNNABLE', {}, details), [last]).entry).toMatchObject({ status: 'RUNNABLE', ...details });
  });

  test('says that something is missing when it is full, and has no more reasons when it is half full', () => {
    expect(additionOf(change('RUNNABLE'), entries(98)).entry).toBeDefined();
    expect(additionOf(change('RUNNABLE'), entries(100))).toEqual({ isTruncated: true });
    expect(additionOf(change('RUNNABLE', {}, { reason: 'CAPACITY' }), entries(49)).entry).toBeDefined();
    expect(additionOf(change('RUNNABLE', {}, { reason: 'CAPACITY' }), entries(50))).toEqual({});
  });

  test('has the end always, and when it was', () => {
    expect(additionOf(change('FAILED', {}, { endedAt: 4_500 }), entries(100))).toEqual({ entry: { status: 'FAILED', at: 4_500, redrives: 0 } });
    expect(additionOf(change('CANCELLED'), entries(100))).toEqual({ entry: { status: 'CANCELLED', at: 5_000, redrives: 0 } });
  });

  test('does not go back', () => {
    const later: TimelineEntry[] = [{ status: 'SUBMITTED', at: 5_700, redrives: 0 }];
    expect(additionOf(change('RUNNABLE'), later).entry!.at).toBe(5_700);
    expect(additionOf(change('FAILED', {}, { endedAt: 5_600 }), later).entry!.at).toBe(5_700);
    expect(additionOf(change('RUNNABLE', { at: 5_800 }), later).entry!.at).toBe(5_800);
  });
});
