import * as fs from 'node:fs';
import * as path from 'node:path';
import { AssemblyError } from './assembly-error';
import { isWithin } from '../is-within';
import { depthOf } from '../json-depth';
import { readRegularFile } from '../regular-file';

/** Bytes. A template has at most 1 MB; a manifest has the metadata of all constructs. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LARGEST_FILE = 64 * 1024 * 1024;
/** Templates and manifests of the CDK have some 20 levels. */
const DEEPEST_JSON = 200;

const MANIFEST = 'manifest.json';

/**
 * The files of a synthesized app. All of them are in its output directory: an app whose assets are somewhere else, as with the CDK's
 * `disableAssetStaging`, has their absolute paths in its manifest. https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.AssetStaging.html
 */
export class AssemblyFiles {
  /** The output directory of the whole app. A stage has the assets of its app, so the directory of a stage alone is part of a larger one. */
  private readonly root: string;

  constructor(readonly directory: string) {
    this.root = realPath(outermost(directory)) ?? directory;
  }

  /** The file, or the directory, that a manifest names. Throws where it is not in the app, or where a link leads out of it. */
  place(manifest: string, named: string): string {
    const place = path.resolve(path.dirname(manifest), named);
    const real = named.includes('\0') ? undefined : realPath(place) ?? path.join(realPath(path.dirname(manifest)) ?? '', named);
    if (real === undefined || path.isAbsolute(named) || !this.has(real)) {
      throw new AssemblyError(`${manifest} names ${JSON.stringify(named)}, which is not in ${this.root}; synthesize the app with its assets staged, without disableAssetStaging and --no-staging`);
    }
    return place;
  }

  /** Reads an object of JSON. */
  readObject(file: string): any {
    const text = readText(file);
    if (depthOf(text) > DEEPEST_JSON) throw new AssemblyError(`${file} has more than ${DEEPEST_JSON} levels: synthesize the app again`);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new AssemblyError(`${file} cannot be read as JSON (${(error as Error).message.split('\n')[0]}): synthesize the app again`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AssemblyError(`${file} is not an object of JSON: synthesize the app again`);
    return value;
  }

  private has(real: string): boolean {
    return isWithin(this.root, real);
  }
}

/** Reads a text of the app. `place` has found where its links lead. */
export function readText(file: string): string {
  try {
    return readRegularFile(file, LARGEST_FILE, 'links').toString('utf8');
  } catch (error) {
    throw new AssemblyError(`${file} cannot be read as JSON (${(error as Error).message.split('\n')[0]}): synthesize the app again`);
  }
}

export function manifestOf(directory: string): string {
  return path.join(directory, MANIFEST);
}

/** The assembly of the whole app, of which a directory may be the assembly of a stage. */
function outermost(directory: string): string {
  const parent = path.dirname(directory);
  return parent !== directory && isStageOf(parent, path.basename(directory)) ? outermost(parent) : directory;
}

/** Web apps and browser extensions have a `manifest.json` too: what is above an assembly is one only if it names it. */
function isStageOf(parent: string, directoryName: string): boolean {
  try {
    const { artifacts = {} } = JSON.parse(readText(manifestOf(parent)));
    return Object.values<any>(artifacts).some((artifact) => artifact?.type === 'cdk:cloud-assembly' && artifact.properties?.directoryName === directoryName);
  } catch {
    return false;
  }
}

function realPath(file: string): string | undefined {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}
