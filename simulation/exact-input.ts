import type { JobPlan } from '../emulator/services/batch/job-plan';

/** A longer value may go through S3. Then the job has a reference to it. */
const LONGEST_VALUE = 1_000;

/** What a job has in another form than the run's input has it: `parameters.size is "616581622363398100", not "616581622363398142"`. */
export function changedValues(input: unknown, plan: JobPlan): string[] {
  const [item] = [input].flat() as any[];
  const { parameters = {}, body, containerOverrides: { environment = {}, command } = {} as any } = item ?? {};
  return [
    ...changesOf('parameters', { ...parameters, ...valuesOf(body) }, plan.parameters),
    ...changesOf('environment', environment, plan.environment),
    ...(command ? changesOf('command', { ...command }, Object.fromEntries((plan.command ?? []).entries())) : []),
  ];
}

/** Each value as the text that a container gets. A number is its digits, as they are written. */
function valuesOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'string') return (body ?? {}) as Record<string, unknown>;
  return JSON.parse(body.replace(/(:\s*)(-?\d[\d.eE+-]*)/g, '$1"$2"'));
}

function changesOf(field: string, given: Record<string, unknown>, found: Record<string, string>): string[] {
  return Object.keys(given).flatMap((name) => {
    const text = String(given[name]);
    if (text.length > LONGEST_VALUE || text.includes('Ref::')) return [];
    const value = Object.hasOwn(found, name) ? found[name] : undefined;
    return value === text ? [] : [`${field}.${name} is ${JSON.stringify(value)}, not ${JSON.stringify(text)}`];
  });
}
