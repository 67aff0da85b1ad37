import * as fs from 'fs';
import * as path from 'path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { check } from './check';
import { oneOf } from './data';
import { localResult } from './local-result';
import { result } from './result';
import { scenario } from './scenario';
import { input, submission } from './submit-function';
import { synth } from './synth';
import { verdict } from './verdict';

const sentences = v.pipe(v.string(), v.regex(/^[^\s][^]*[.?]$/, 'is not a sentence'), v.minLength(15), v.maxLength(600));

/** A public report of somebody who uses AWS Batch, ECS, Step Functions or their tools, and the test that shows what this project does. */
const report = v.strictObject({
  source: v.pipe(v.string(), v.url('is not a URL'), v.regex(/^https:\/\/[^\s?#]+[^\s?#/]$/, 'is not a plain https URL: it has no query, no fragment and no slash at its end')),
  situation: sentences,
  /** What this project does. */
  ours: sentences,
  replay: oneOf({ verdict, check, result, localResult, input, submission, synth, scenario }),
});
export type Report = v.InferOutput<typeof report>;

const file = v.strictObject({ title: v.string(), reports: v.pipe(v.array(report), v.minLength(1)) });
export interface ReportFile extends v.InferOutput<typeof file> {
  readonly name: string;
}

export function readReports(name: string, yaml: string): ReportFile {
  const data = parse(yaml);
  const read = v.safeParse(file, data);
  if (read.success) return { name, ...read.output };
  const problems = v.flatten<typeof file>(read.issues).nested ?? {};
  const texts = Object.entries(problems).map(([field, messages]) => {
    const index = /^reports\.(\d+)/.exec(field)?.[1];
    return `'${field}'${index ? ` (${data.reports[Number(index)].source})` : ''} ${messages?.join(', ')}`;
  });
  throw new Error(`${name}: ${texts.join('; ') || read.issues[0].message}`);
}

/** The files of a directory, by name. */
export function readDirectory(directory: string): ReportFile[] {
  return fs.readdirSync(directory).filter((name) => name.endsWith('.yaml')).sort()
    .map((name) => readReports(name, fs.readFileSync(path.join(directory, name), 'utf8')));
}

/** What a report is called in this project: its source without what all sources have in common. */
export function nameOf({ source }: Pick<Report, 'source'>): string {
  return source.replace(/^https:\/\/(github\.com\/)?/, '');
}
