import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { AnyApp, buildAnyApp } from './any-app';
import { COMPUTE_VALUES, QUEUE_COMPUTE_VALUES } from './compute-values';
import { IMPORTED_VALUES, JOB_VALUES, MAP_VALUES } from './job-values';
import { importsAreExported, referencesResolve, resourcesDoNotWaitForThemselves } from '../invariants/references';
import type { CloudFormationTemplate } from '../template';

/** The outcome of an app: its templates by their files, the message with which it was refused, or what is wrong. */
export interface Outcome {
  readonly templates?: Record<string, string>;
  readonly refusal?: string;
  readonly problem?: string;
}

export function outcomeOf(spec: AnyApp): Outcome {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-any-app-'));
  try {
    return outcomeOfTemplates(templatesIn(buildAnyApp(spec, directory).synth().directory));
  } catch (error) {
    return outcomeOfError(error as Error);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** The props of the tables, and the job of a map, which any-app.ts gives to each map. */
const PROPS = new Set(['job', ...[JOB_VALUES, COMPUTE_VALUES, QUEUE_COMPUTE_VALUES, MAP_VALUES, IMPORTED_VALUES].flatMap((table) => Object.keys(table))]);

/** What a token looks like that is not resolved: as a text or in a list, and as a number. */
const TOKEN = /\$\{Token\[|#\{Token\[|-1\.8881\d*e\+289/;

/** An error of this library has a prop, its value, a remedy and a path: `'prop' is VALUE, but WHY; use REMEDY (at path)`. */
export function outcomeOfError({ name, message, stack }: Error): Outcome {
  const [, prop] = /^'(\w+)(?:[.[][^]*?)?' [^]+; [^]+ \(at (?:Stage\/)?(?:Shared|Apart\d)(?:\/[^]+)?\)$/.exec(message) ?? [];
  if (name !== 'Error' || prop === undefined || !PROPS.has(prop)) return { problem: `a foreign error: ${stack}` };
  if (TOKEN.test(message) || /\[object |undefined/.test(message)) return { problem: `a message with a value that nobody wrote: ${message}` };
  return { refusal: message };
}

export function outcomeOfTemplates(templates: Record<string, string>): Outcome {
  const [unresolved] = Object.entries(templates).find(([, text]) => TOKEN.test(text)) ?? [];
  if (unresolved) return { problem: `${unresolved} has a token that is not resolved` };
  const parsed = Object.values(templates).map((text): CloudFormationTemplate => JSON.parse(text));
  const violations = [...parsed.flatMap(referencesResolve), ...parsed.flatMap(resourcesDoNotWaitForThemselves), ...importsAreExported(parsed)];
  return violations.length > 0 ? { problem: violations.join('\n') } : { templates };
}

/** The templates of a cloud assembly, of its stages and of its nested stacks, as texts. */
function templatesIn(directory: string): Record<string, string> {
  const files = fs.readdirSync(directory, { recursive: true }).map(String).filter((file) => file.endsWith('.template.json'));
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(directory, file), 'utf8')]));
}
