import type { FixtureMap } from './jobs';
import type { MapResult } from './observations';
import type { Emulator } from '../emulator/emulator';
import { Execution, parsedCause } from '../emulator/states/execution';
import { readResultFiles } from '../emulator/states/result-files';

type Item = Readonly<Record<string, string>>;

/** The text of a list. Its items have the same names, and no value has a comma or a quote. */
export function listText(format: FixtureMap['format'], items: readonly Item[]): string {
  if (format === 'json') return JSON.stringify(items);
  if (format === 'jsonLines') return items.map((item) => `${JSON.stringify(item)}\n`).join('');
  return [Object.keys(items[0]), ...items.map((item) => Object.values(item))].map((row) => `${row.join(',')}\n`).join('');
}

/** What the result files of a map say of each item. Undefined where they cannot be read. */
export function readResults({ s3 }: Emulator, execution: Execution): MapResult[] | undefined {
  const files = readResultFiles(s3, execution);
  return files && [
    ...files.SUCCEEDED.map(({ run, ...item }) => ({ item, output: run.output })),
    ...files.FAILED.map(({ Input, Cause, Error }) => ({ item: JSON.parse(Input), error: errorOfRun(Cause) ?? Error })),
  ];
}

/** The cause of an item that failed is the end of its run, unless no run was started. */
function errorOfRun(cause: string | undefined): string | undefined {
  return (parsedCause(cause) as { readonly Error?: string } | undefined)?.Error;
}
