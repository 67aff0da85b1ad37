import * as fs from 'node:fs';
import * as path from 'node:path';
import { AssemblyError } from './assembly-error';
import { AssemblyFiles, manifestOf } from './assembly-files';

export { AssemblyError };

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

/** The account and the Region of a stack that names none. */
const DEFAULT_ACCOUNT = '123456789012';
const DEFAULT_REGION = 'us-east-1';

/** A construct path, and the logical id of the resource that it is the path of. Those of nested stacks are among those of their parent. */
type ResourcePath = readonly [constructPath: string, logicalId: string];

/**
 * Stacks of an app, all environments together. It is a bound of the emulator, so that an app of others ends: AWS has it for the stacks of one account and Region. A larger app
 * can be read one stage at a time. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MOST_STACKS = 2_000;

/** Reads the stacks of an app, including its nested stacks and those of its stages. */
export function readAssembly(app: string): Assembly {
  const directory = path.resolve(app);
  return { directory, stacks: new AssemblyReader(directory).read(directory) };
}

/** Reads the manifests of an app, which may be anything: each directory once, and at most `MOST_STACKS` stacks. */
class AssemblyReader {
  private readonly files: AssemblyFiles;
  private readonly assemblies = new Set<string>();
  private readonly templates = new Map<string, Template>();
  private stackCount = 0;

  constructor(directory: string) {
    this.files = new AssemblyFiles(directory);
  }

  read(directory: string): AssemblyStack[] {
    const manifest = manifestOf(directory);
    if (!fs.existsSync(manifest)) throw new AssemblyError(`there is no synthesized app in ${directory}: run 'npx cdk synth' first, or name the app's output directory with --app`);
    const artifacts = Object.entries<any>(this.files.readObject(manifest).artifacts ?? {});
    const real = fs.realpathSync(directory);
    if (this.assemblies.has(real)) throw new AssemblyError(`${directory} is nested in itself, or nested twice: synthesize the app again`);
    this.assemblies.add(real);
    return artifacts.flatMap(([id, artifact]) => {
      try {
        return this.readArtifact(manifest, id, artifact);
      } catch (error) {
        if (error instanceof AssemblyError) throw error;
        throw new AssemblyError(`${manifest} has the artifact ${id}, which cannot be read (${(error as Error).message}): synthesize the app again`);
      }
    });
  }

  /** The stacks of an artifact: a stack with the stacks that it nests, a stage, or something without stacks. */
  private readArtifact(manifest: string, id: string, artifact: any): AssemblyStack[] {
    const fileOf = (name: string, value: unknown): string => {
      if (typeof value === 'string') return this.files.place(manifest, value);
      throw new AssemblyError(`${manifest} has the artifact ${id} without '${name}': synthesize the app again`);
    };
    if (artifact?.type === 'cdk:cloud-assembly') return this.read(fileOf('directoryName', artifact.properties?.directoryName));
    if (artifact?.type !== 'aws:cloudformation:stack') return [];
    const [, , account = UNKNOWN_ACCOUNT, region = UNKNOWN_REGION] = String(artifact.environment).split('/'); // aws://<account>/<Region>
    const metadata = artifact.additionalMetadataFile ? this.files.readObject(fileOf('additionalMetadataFile', artifact.additionalMetadataFile)) : {};
    const templateFile = fileOf('templateFile', artifact.properties?.templateFile);
    return this.withNestedStacks(manifest, readPaths({ ...artifact.metadata, ...metadata }), {
      id: artifact.displayName?.split(' ')[0] ?? id,
      stackName: artifact.properties?.stackName ?? id,
      account: account === UNKNOWN_ACCOUNT ? DEFAULT_ACCOUNT : account,
      region: region === UNKNOWN_REGION ? DEFAULT_REGION : region,
      template: this.readTemplate(templateFile),
      ...this.readAssets(manifest, this.files.place(manifest, `${id}.assets.json`)),
    }, [templateFile]);
  }

  /** A stack, and below it the stacks that it nests. Their templates are assets of the stack. */
  private withNestedStacks(manifest: string, paths: readonly ResourcePath[], stack: Omit<AssemblyStack, 'paths'>, templates: readonly string[]): AssemblyStack[] {
    if (++this.stackCount > MOST_STACKS) throw new AssemblyError(`${manifest} has more than ${MOST_STACKS} stacks, and the emulator reads no more; name the output directory of a stage with --app`);
    const nested = Object.entries(stack.template.Resources).flatMap(([logicalId, resource]) => {
      const file = resource.Type === 'AWS::CloudFormation::Stack' && this.nestedTemplateOf(manifest, stack.fileAssets, resource);
      if (!file) return [];
      if (templates.includes(file)) throw new AssemblyError(`${manifest} has the stack ${stack.id}, whose nested stack ${logicalId} nests itself: synthesize the app again`);
      const id = paths.find((entry) => entry[1] === logicalId && NESTED_STACK.test(entry[0]))?.[0].replace(NESTED_STACK, '') ?? `${stack.id}/${logicalId}`;
      return [{ id, logicalId, file, template: this.readTemplate(file) }];
    });
    // A logical id is unique only in its own template: a nested stack may have the logical ids of its parent.
    const isIn = (id: string) => ([constructPath]: ResourcePath) => constructPath.startsWith(`${id}/`);
    const own = paths.filter((entry) => !nested.some(({ id }) => isIn(id)(entry)));
    const parent: AssemblyStack = { ...stack, paths: Object.fromEntries(own.map(([constructPath, logicalId]) => [logicalId, constructPath])) };
    return [parent, ...nested.flatMap(({ id, logicalId, file, template }) => this.withNestedStacks(manifest, paths.filter(isIn(id)), {
      ...stack, id, template, stackName: `${stack.stackName}-${logicalId}`, parent: { stack: parent, logicalId },
    }, [...templates, file]))];
  }

  /** The file that the URL of a nested template names, whatever intrinsic functions the URL is made of. Undefined when the template is no asset of the app. */
  private nestedTemplateOf(manifest: string, assets: AssemblyStack['fileAssets'], { Properties, Metadata }: TemplateResource): string | undefined {
    const url = JSON.stringify(Properties?.TemplateURL) ?? '';
    const asset = Object.values(assets).find(({ objectKeys }) => objectKeys.some((key) => url.includes(`/${key}"`)));
    const pathOfAsset: unknown = Metadata?.['aws:asset:path'];
    return asset?.directory ?? (typeof pathOfAsset === 'string' ? this.files.place(manifest, pathOfAsset) : undefined);
  }

  private readAssets(manifest: string, file: string): Pick<AssemblyStack, 'fileAssets' | 'images'> {
    if (!fs.existsSync(file)) return { fileAssets: {}, images: {} };
    const { files = {}, dockerImages = {} } = this.files.readObject(file);
    const place = (named: string) => this.files.place(manifest, named);
    // Where an asset is matters only when it is used: another job's may be anywhere.
    return {
      fileAssets: Object.fromEntries(assetsWith('path', files).map(([hash, { source, destinations }]) => [hash, {
        get directory() { return place(source.path); },
        objectKeys: Object.values<any>(destinations).map((destination) => destination.objectKey),
      }])),
      images: Object.fromEntries(assetsWith('directory', dockerImages).map(([hash, { source, destinations }]) => [hash, {
        dockerFile: source.dockerFile,
        dockerBuildArgs: source.dockerBuildArgs,
        dockerBuildTarget: source.dockerBuildTarget,
        platform: source.platform,
        get directory() { return place(source.directory); },
        imageTags: Object.values<any>(destinations).map((destination) => destination.imageTag),
      }])),
    };
  }

  /** A template may have no resources, and there may be macros among them, such as `Fn::Transform` and `Fn::ForEach::Name`, which only CloudFormation processes. */
  private readTemplate(file: string): Template {
    const known = this.templates.get(file);
    if (known) return known;
    const template = this.files.readObject(file);
    const resources = Object.entries<any>(template.Resources ?? {}).filter(([, resource]) => typeof resource?.Type === 'string');
    const read = { ...template, Resources: Object.fromEntries(resources) };
    this.templates.set(file, read);
    return read;
  }
}

/** What the manifest has of a stack whose place is known only at deployment. */
const UNKNOWN_ACCOUNT = 'unknown-account';
const UNKNOWN_REGION = 'unknown-region';

/** The end of the construct path of a nested stack's resource. The path before it is the path of the nested stack. */
const NESTED_STACK = /\.NestedStack\/[^/]+\.NestedStackResource$/;

/** The metadata has the construct paths even when the app was synthesized without the CDK CLI; the template does not. */
function readPaths(metadata: Record<string, { type: string; data?: unknown }[]>): ResourcePath[] {
  return Object.entries(metadata).flatMap(([constructPath, entries]) => entries
    .filter((entry) => entry.type === 'aws:cdk:logicalId')
    .map((entry) => [constructPath.slice(1), String(entry.data)] as const));
}

/** An asset that a program makes at deployment has no source in the assembly: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.FileSource.html */
function assetsWith(source: string, assets: Record<string, any>): [string, any][] {
  return Object.entries(assets).filter(([, asset]) => typeof asset?.source?.[source] === 'string' && asset.destinations);
}
