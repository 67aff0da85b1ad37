import * as fs from 'node:fs';
import * as path from 'node:path';

/** A synthesized app, as it lies in `cdk.out`. */
export interface Assembly {
  readonly directory: string;
  readonly stacks: AssemblyStack[];
}

export interface AssemblyStack {
  /** The stack's construct path. */
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

/** The app cannot be read: what to do about it is in the message. */
export class AssemblyError extends Error {
  readonly name = 'AssemblyError';
}

/** Where a stack goes that leaves it open. */
export const ANY_ACCOUNT = '123456789012';
export const ANY_REGION = 'us-east-1';

/** Reads the stacks of an app, those of its stages too. */
export function readAssembly(app: string): Assembly {
  const directory = path.resolve(app);
  const file = path.join(directory, 'manifest.json');
  if (!fs.existsSync(file)) throw new AssemblyError(`there is no synthesized app in ${directory}: run 'npx cdk synth' first, or name the folder with --app`);
  const artifacts = Object.entries<any>(readJson(file).artifacts ?? {});
  const stacks = artifacts.flatMap(([id, artifact]): AssemblyStack[] => {
    if (artifact.type === 'cdk:cloud-assembly') return readAssembly(path.join(directory, artifact.properties.directoryName)).stacks;
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment) ?? [];
    return [{
      id: artifact.displayName?.split(' ')[0] ?? id,
      stackName: artifact.properties.stackName ?? id,
      account: account === 'unknown-account' || !account ? ANY_ACCOUNT : account,
      region: region === 'unknown-region' || !region ? ANY_REGION : region,
      template: readJson(path.join(directory, artifact.properties.templateFile)),
      paths: readPaths({ ...artifact.metadata, ...artifact.additionalMetadataFile && readJson(path.join(directory, artifact.additionalMetadataFile)) }),
      ...readAssets(directory, path.join(directory, `${id}.assets.json`)),
    }];
  });
  return { directory, stacks };
}

/** An app that was synthesized without the CLI has its paths here, and not in the template. */
function readPaths(metadata: Record<string, { type: string; data?: unknown }[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).flatMap(([path2, entries]) => entries
    .filter((entry) => entry.type === 'aws:cdk:logicalId')
    .map((entry) => [String(entry.data), path2.replace(/^\//, '')])));
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
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
