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
  /** The stack that a nested stack is part of, and the nested stack's logical id in it. */
  readonly parent?: { readonly stack: AssemblyStack; readonly logicalId: string };
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  /** The construct paths of the resources, by logical id. */
  readonly paths: Record<string, string>;
  /** A nested stack has the assets of its parent. */
  readonly fileAssets: Record<string, FileAsset>;
  readonly images: Record<string, ImageSource>;
}

export interface FileAsset {
  /** A directory, or a file. */
  readonly directory: string;
  readonly objectKeys: string[];
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

/** A construct path, and the logical id of the resource that it is the path of. Those of nested stacks are among those of their parent. */
type ResourcePath = readonly [constructPath: string, logicalId: string];

/** Reads the stacks of an app, including its nested stacks and those of its stages. */
export function readAssembly(app: string): Assembly {
  const directory = path.resolve(app);
  const manifest = path.join(directory, 'manifest.json');
  if (!fs.existsSync(manifest)) throw new AssemblyError(`there is no synthesized app in ${directory}: run 'npx cdk synth' first, or name the app's output directory with --app`);
  const artifacts = Object.entries<any>(readObject(manifest).artifacts ?? {});
  const stacks = artifacts.flatMap(([id, artifact]) => {
    try {
      return readArtifact(directory, id, artifact);
    } catch (error) {
      if (error instanceof AssemblyError) throw error;
      throw new AssemblyError(`${manifest} has the artifact ${id}, which cannot be read (${(error as Error).message}): synthesize the app again`);
    }
  });
  return { directory, stacks };
}

/** The stacks of an artifact: a stack with the stacks that it nests, a stage, or something without stacks. */
function readArtifact(directory: string, id: string, artifact: any): AssemblyStack[] {
  const fileOf = (name: string, value: unknown): string => {
    if (typeof value === 'string') return path.join(directory, value);
    throw new AssemblyError(`${path.join(directory, 'manifest.json')} has the artifact ${id} without '${name}': synthesize the app again`);
  };
  if (artifact?.type === 'cdk:cloud-assembly') return readAssembly(fileOf('directoryName', artifact.properties?.directoryName)).stacks;
  if (artifact?.type !== 'aws:cloudformation:stack') return [];
  const [, , account = UNKNOWN_ACCOUNT, region = UNKNOWN_REGION] = String(artifact.environment).split('/'); // aws://<account>/<Region>
  const metadata = artifact.additionalMetadataFile ? readObject(fileOf('additionalMetadataFile', artifact.additionalMetadataFile)) : {};
  return withNestedStacks(directory, readPaths({ ...artifact.metadata, ...metadata }), {
    id: artifact.displayName?.split(' ')[0] ?? id,
    stackName: artifact.properties?.stackName ?? id,
    account: account === UNKNOWN_ACCOUNT ? DEFAULT_ACCOUNT : account,
    region: region === UNKNOWN_REGION ? DEFAULT_REGION : region,
    template: readTemplate(fileOf('templateFile', artifact.properties?.templateFile)),
    ...readAssets(directory, path.join(directory, `${id}.assets.json`)),
  });
}

/** What the manifest has of a stack whose place is known only at deployment. */
const UNKNOWN_ACCOUNT = 'unknown-account';
const UNKNOWN_REGION = 'unknown-region';

/** A stack, and below it the stacks that it nests. Their templates are assets of the stack. */
function withNestedStacks(directory: string, paths: readonly ResourcePath[], stack: Omit<AssemblyStack, 'paths'>): AssemblyStack[] {
  const nested = Object.entries(stack.template.Resources).flatMap(([logicalId, resource]) => {
    const file = resource.Type === 'AWS::CloudFormation::Stack' && nestedTemplateOf(directory, stack.fileAssets, resource);
    if (!file) return [];
    const id = paths.find((entry) => entry[1] === logicalId && NESTED_STACK.test(entry[0]))?.[0].replace(NESTED_STACK, '') ?? `${stack.id}/${logicalId}`;
    return [{ id, logicalId, template: readTemplate(file) }];
  });
  // A logical id is unique only in its own template: a nested stack may have the logical ids of its parent.
  const isIn = (id: string) => ([constructPath]: ResourcePath) => constructPath.startsWith(`${id}/`);
  const own = paths.filter((entry) => !nested.some(({ id }) => isIn(id)(entry)));
  const parent: AssemblyStack = { ...stack, paths: Object.fromEntries(own.map(([constructPath, logicalId]) => [logicalId, constructPath])) };
  return [parent, ...nested.flatMap(({ id, logicalId, template }) => withNestedStacks(directory, paths.filter(isIn(id)), {
    ...stack, id, template, stackName: `${stack.stackName}-${logicalId}`, parent: { stack: parent, logicalId },
  }))];
}

/** The end of the construct path of a nested stack's resource. The path before it is the path of the nested stack. */
const NESTED_STACK = /\.NestedStack\/[^/]+\.NestedStackResource$/;

/** The file that the URL of a nested template names, whatever intrinsic functions the URL is made of. Undefined when the template is no asset of the app. */
function nestedTemplateOf(directory: string, assets: AssemblyStack['fileAssets'], { Properties, Metadata }: TemplateResource): string | undefined {
  const url = JSON.stringify(Properties?.TemplateURL) ?? '';
  const asset = Object.values(assets).find(({ objectKeys }) => objectKeys.some((key) => url.includes(`/${key}"`)));
  const pathOfAsset: unknown = Metadata?.['aws:asset:path'];
  return asset?.directory ?? (typeof pathOfAsset === 'string' ? path.join(directory, pathOfAsset) : undefined);
}

/** The metadata has the construct paths even when the app was synthesized without the CDK CLI; the template does not. */
function readPaths(metadata: Record<string, { type: string; data?: unknown }[]>): ResourcePath[] {
  return Object.entries(metadata).flatMap(([constructPath, entries]) => entries
    .filter((entry) => entry.type === 'aws:cdk:logicalId')
    .map((entry) => [constructPath.slice(1), String(entry.data)] as const));
}

function readAssets(directory: string, file: string): Pick<AssemblyStack, 'fileAssets' | 'images'> {
  if (!fs.existsSync(file)) return { fileAssets: {}, images: {} };
  const { files = {}, dockerImages = {} } = readObject(file);
  return {
    fileAssets: Object.fromEntries(assetsWith('path', files).map(([hash, { source, destinations }]) => [hash, {
      directory: path.join(directory, source.path),
      objectKeys: Object.values<any>(destinations).map((destination) => destination.objectKey),
    }])),
    images: Object.fromEntries(assetsWith('directory', dockerImages).map(([hash, { source, destinations }]) => [hash, {
      ...source,
      directory: path.join(directory, source.directory),
      imageTags: Object.values<any>(destinations).map((destination) => destination.imageTag),
    }])),
  };
}

/** An asset that a program makes at deployment has no source in the assembly: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.FileSource.html */
function assetsWith(source: string, assets: Record<string, any>): [string, any][] {
  return Object.entries(assets).filter(([, asset]) => typeof asset?.source?.[source] === 'string' && asset.destinations);
}

/** A template may have no resources, and there may be macros among them, such as `Fn::Transform` and `Fn::ForEach::Name`, which only CloudFormation processes. */
function readTemplate(file: string): Template {
  const template = readObject(file);
  const resources = Object.entries<any>(template.Resources ?? {}).filter(([, resource]) => typeof resource?.Type === 'string');
  return { ...template, Resources: Object.fromEntries(resources) };
}

function readObject(file: string): any {
  let value: unknown;
  try {
    value = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new AssemblyError(`${file} cannot be read as JSON (${(error as Error).message.split('\n')[0]}): synthesize the app again`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AssemblyError(`${file} is not an object of JSON: synthesize the app again`);
  return value;
}
