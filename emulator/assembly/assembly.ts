import * as fs from 'node:fs';
import * as path from 'node:path';

/** A synthesized app, as it is written to `cdk.out`. */
export interface Assembly {
  readonly directory: string;
  readonly stacks: AssemblyStack[];
}

export interface AssemblyStack {
  /** The construct path of the stack. */
  readonly id: string;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  /** The construct paths of the resources, by logical id. */
  readonly paths: Record<string, string>;
  readonly fileAssets: Record<string, { readonly directory: string; readonly objectKeys: string[] }>;
  readonly images: Record<string, ImageSource>;
}

export interface ImageSource {
  readonly directory: string;
  readonly dockerFile?: string;
  readonly dockerBuildArgs?: Record<string, string>;
  readonly dockerBuildTarget?: string;
  readonly platform?: string;
  readonly imageTags: string[];
}

export interface Template {
  readonly Parameters?: Record<string, any>;
  readonly Mappings?: Record<string, any>;
  readonly Conditions?: Record<string, any>;
  readonly Outputs?: Record<string, any>;
  readonly Resources: Record<string, TemplateResource>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, any>;
  readonly Metadata?: Record<string, any>;
  readonly Condition?: string;
}

/** The synthesized app cannot be read. The message says what to do. */
export class AssemblyError extends Error {
  readonly name = 'AssemblyError';
}

/** The account and the Region of a stack that names none. */
const DEFAULT_ACCOUNT = '123456789012';
const DEFAULT_REGION = 'us-east-1';

/** Reads the stacks of an app, including those of its stages. */
export function readAssembly(app: string): Assembly {
  const directory = path.resolve(app);
  const manifest = path.join(directory, 'manifest.json');
  if (!fs.existsSync(manifest)) throw new AssemblyError(`there is no synthesized app in ${directory}: run 'npx cdk synth' first, or name the app's output directory with --app`);
  const artifacts = Object.entries<any>(readJson(manifest).artifacts ?? {});
  const stacks = artifacts.flatMap(([id, artifact]): AssemblyStack[] => {
    if (artifact.type === 'cdk:cloud-assembly') return readAssembly(path.join(directory, artifact.properties.directoryName)).stacks;
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    const [, , account, region] = artifact.environment.split('/'); // aws://<account>/<Region>
    return [{
      id: artifact.displayName?.split(' ')[0] ?? id,
      stackName: artifact.properties.stackName ?? id,
      account: account === 'unknown-account' ? DEFAULT_ACCOUNT : account,
      region: region === 'unknown-region' ? DEFAULT_REGION : region,
      template: readJson(path.join(directory, artifact.properties.templateFile)),
      paths: readPaths({ ...artifact.metadata, ...artifact.additionalMetadataFile && readJson(path.join(directory, artifact.additionalMetadataFile)) }),
      ...readAssets(directory, path.join(directory, `${id}.assets.json`)),
    }];
  });
  return { directory, stacks };
}

/** The metadata has the construct paths even when the app was synthesized without the CDK CLI; the template does not. */
function readPaths(metadata: Record<string, { type: string; data?: unknown }[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).flatMap(([constructPath, entries]) => entries
    .filter((entry) => entry.type === 'aws:cdk:logicalId')
    .map((entry) => [String(entry.data), constructPath.slice(1)])));
}

function readAssets(directory: string, file: string): Pick<AssemblyStack, 'fileAssets' | 'images'> {
  if (!fs.existsSync(file)) return { fileAssets: {}, images: {} };
  const { files = {}, dockerImages = {} } = readJson(file);
  return {
    fileAssets: Object.fromEntries(Object.entries<any>(files).map(([hash, { source, destinations }]) => [hash, {
      directory: path.join(directory, source.path),
      objectKeys: Object.values<any>(destinations).map((destination) => destination.objectKey),
    }])),
    images: Object.fromEntries(Object.entries<any>(dockerImages).map(([hash, { source, destinations }]) => [hash, {
      ...source,
      directory: path.join(directory, source.directory),
      imageTags: Object.values<any>(destinations).map((destination) => destination.imageTag),
    }])),
  };
}

function readJson(file: string): any {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new AssemblyError(`${file} cannot be read as JSON (${(error as Error).message}): synthesize the app again`);
  }
}
