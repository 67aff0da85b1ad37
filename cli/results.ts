import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileNameOf } from './file-name';
import type { Emulator } from '../emulator/emulator';
import { isObject } from '../src/contract/json-text';
import { parseS3Uri } from '../src/contract/object-store';

/**
 * Writes results that are in the emulated S3 only, since they are too long for an output or belong to the children of an array job, to files
 * that stay. Returns the document with `resultPath` beside each `resultUri` of such a result.
 */
export function withResultPaths(emulator: Emulator, document: unknown): unknown {
  let directory: string | undefined;
  const directoryOfRun = () => directory ??= fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-results-'));
  return withPaths(emulator, document, directoryOfRun);
}

function withPaths(emulator: Emulator, document: unknown, directory: () => string): unknown {
  if (Array.isArray(document)) return document.map((item) => withPaths(emulator, item, directory));
  if (!isObject(document)) return document;
  const { result, resultUri } = document as { readonly result?: unknown; readonly resultUri?: unknown };
  const entries = Object.entries(document).map(([name, value]) => [name, name === 'result' ? value : withPaths(emulator, value, directory)] as const);
  const saved = result === null && typeof resultUri === 'string' ? save(emulator, resultUri, directory) : undefined;
  return { ...Object.fromEntries(entries), ...saved === undefined ? {} : { resultPath: saved } };
}

/** The path of the file, or of the directory of a job with several results. Undefined where the container has written nothing. */
function save(emulator: Emulator, uri: string, directoryOfRun: () => string): string | undefined {
  const location = parseS3Uri(uri);
  if (!location) return undefined;
  const { bucket, key } = location;
  const keys = emulator.s3.keys(bucket, key).filter((found) => key.endsWith('/') || found === key);
  if (keys.length === 0) return undefined;
  const directory = directoryOfRun();
  const fileOf = (found: string) => path.join(directory, ...found.split('/').map(fileNameOf));
  for (const found of keys) {
    fs.mkdirSync(path.dirname(fileOf(found)), { recursive: true });
    fs.writeFileSync(fileOf(found), emulator.s3.get(bucket, found)!);
  }
  return fileOf(key.replace(/\/$/, ''));
}
