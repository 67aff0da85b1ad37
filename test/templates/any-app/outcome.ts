import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { AnyApp, buildAnyApp } from './any-app';
import { PROPS } from './props';

/** The outcome of an app: its templates by their files, the message with which it was refused, or what is wrong. */
export interface Outcome {
  readonly templates?: Record<string, string>;
  readonly refusal?: string;
  readonly problem?: string;
}

/** What a token looks like that was not resolved: as a text, a number, or a list. */
const TOKEN = /\$\{Token\[|#\{Token\[|-1\.8881\d*e\+289/;

export function outcomeOf(spec: AnyApp): Outcome {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-any-app-'));
  try {
    const templates = templatesIn(buildAnyApp(spec, directory).synth().directory);
    const [file] = Object.entries(templates).find(([, text]) => TOKEN.test(text)) ?? [];
    return file ? { problem: `${file} has a token that is not resolved` } : { templates };
  } catch (error) {
    return refusalOf(error);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** An error in the form of this library: `'prop' is VALUE, but WHY; use REMEDY (at path)`. */
function refusalOf(error: unknown): Outcome {
  const { name, message, stack } = error as Error;
  const [, prop] = /^'(\w+)(?:[.[][\s\S]*?)?' [\s\S]+; [\s\S]+ \(at \S[\s\S]*\)$/.exec(message) ?? [];
  if (name !== 'Error' || prop === undefined || !PROPS.has(prop)) return { problem: `a foreign error: ${stack}` };
  if (TOKEN.test(message) || /\[object |undefined/.test(message)) return { problem: `a message with a value that nobody wrote: ${message}` };
  return { refusal: message };
}

/** The templates of a cloud assembly, of its stages and of its nested stacks, as texts. */
function templatesIn(directory: string): Record<string, string> {
  const files = fs.readdirSync(directory, { recursive: true }).map(String).filter((file) => file.endsWith('.template.json'));
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(directory, file), 'utf8')]));
}
