import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import {
  App, DefaultStackSynthesizer, DockerBuildSecret, DockerImageAssetLocation, DockerImageAssetSource, FileAssetLocation, FileAssetSource,
  ISynthesisSession, NestedStack, Stack, StackSynthesizer,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { HeavyBatchJob, HeavyBatchJobProps } from '../../src';
import { IMAGE, newJob, newStack } from '../stacks';

/** What the CDK CLI is told to build. */
function builtBy(props: HeavyBatchJobProps): { source: any; image: unknown } {
  const stack = newStack();
  newJob(props, stack);
  const assembly = (stack.node.root as App).synth();
  const { dockerImages } = JSON.parse(fs.readFileSync(path.join(assembly.directory, `${stack.stackName}.assets.json`), 'utf8'));
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::Batch::JobDefinition'));
  return { source: Object.values<any>(dockerImages)[0].source, image: definition.Properties.ContainerProperties.Image };
}

test('an image is built with secrets, a cache and a network of its own', () => {
  expect(builtBy({
    imageBuild: {
      buildSecrets: { npm: DockerBuildSecret.fromSrc('npmrc') },
      buildSsh: 'default',
      cacheFrom: [{ type: 'registry', params: { ref: 'cache' } }],
      cacheTo: { type: 'inline' },
      cacheDisabled: true,
      networkMode: ecrAssets.NetworkMode.HOST,
    },
  }).source).toMatchObject({
    dockerBuildSecrets: { npm: 'src=npmrc' },
    dockerBuildSsh: 'default',
    cacheFrom: [{ type: 'registry', params: { ref: 'cache' } }],
    cacheTo: { type: 'inline' },
    cacheDisabled: true,
    networkMode: 'host',
    platform: 'linux/amd64',
  });
});

test('a cache and a name do not change the image', () => {
  expect(builtBy({ imageBuild: { cacheFrom: [{ type: 'gha' }], cacheTo: { type: 'gha' }, assetName: 'sort' } }).image).toEqual(builtBy({}).image);
});

test('what heavy-batch serve keeps beside the app is in no image', () => {
  const imageOf = (write: (directory: string) => void) => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'image-'));
    fs.writeFileSync(path.join(directory, 'Dockerfile'), 'FROM scratch\n');
    write(directory);
    return builtBy({ imageDirectory: directory }).image;
  };
  const without = imageOf(() => undefined);
  const keep = (name: string) => (directory: string) => {
    fs.mkdirSync(path.join(directory, name));
    fs.writeFileSync(path.join(directory, name, 'keys.json'), '{}');
  };
  expect(imageOf(keep('.heavy-batch'))).toEqual(without);
  expect(imageOf(keep('.other'))).not.toEqual(without);
});

test('the Dockerfile may be in a directory below', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'image-'));
  fs.mkdirSync(path.join(directory, 'app'));
  fs.writeFileSync(path.join(directory, 'app', 'Dockerfile'), 'FROM scratch\n');
  expect(builtBy({ imageDirectory: directory, imageBuild: { file: './app/../app/Dockerfile' } }).source).toMatchObject({ dockerFile: './app/../app/Dockerfile' });
});

describe('the name of an image', () => {
  /** Has a repository for each name, as the AppStagingSynthesizer does. */
  class RepositoryForEachName extends StackSynthesizer {
    readonly names: (string | undefined)[] = [];
    private readonly inner = new DefaultStackSynthesizer();

    bind(stack: Stack): void {
      super.bind(stack);
      this.inner.bind(stack);
    }

    addFileAsset(asset: FileAssetSource): FileAssetLocation {
      return this.inner.addFileAsset(asset);
    }

    addDockerImageAsset(asset: DockerImageAssetSource): DockerImageAssetLocation {
      this.names.push(asset.assetName);
      return this.inner.addDockerImageAsset(asset);
    }

    synthesize(session: ISynthesisSession): void {
      this.inner.synthesize(session);
    }
  }

  test('follows from the path of the job, for a synthesizer that needs one', () => {
    const synthesizer = new RepositoryForEachName();
    const stack = new Stack(new App(), 'My--Stack', { synthesizer });
    for (const id of ['First_Job', 'Second']) new HeavyBatchJob(stack, id, { imageDirectory: IMAGE });
    new HeavyBatchJob(stack, 'Third', { imageDirectory: IMAGE, imageBuild: { assetName: 'teams/third' } });
    new HeavyBatchJob(new NestedStack(stack, 'Nested'), 'Fourth', { imageDirectory: IMAGE });
    expect(synthesizer.names).toEqual([
      expect.stringMatching(/^my-stack-firstjob-[0-9a-f]{8}$/), expect.stringMatching(/^my-stack-second-[0-9a-f]{8}$/), 'teams/third', expect.stringMatching(/^my-stack-nested-fourth-[0-9a-f]{8}$/),
    ]);
  });

  test('does not make the synthesizers of aws-cdk-lib build the same image twice', () => {
    const stack = newStack();
    for (const id of ['First', 'Second']) new HeavyBatchJob(stack, id, { imageDirectory: IMAGE });
    new HeavyBatchJob(new NestedStack(stack, 'Nested'), 'Third', { imageDirectory: IMAGE });
    const { directory } = (stack.node.root as App).synth();
    expect(Object.keys(JSON.parse(fs.readFileSync(path.join(directory, 'Stack.assets.json'), 'utf8')).dockerImages)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });
});

describe('the secret for a private registry', () => {
  function definitionWith(props: HeavyBatchJobProps): { properties: any; template: Template } {
    const stack = newStack();
    const credentials = new secretsmanager.Secret(stack, 'Registry');
    newJob({ image: ecs.ContainerImage.fromRegistry('ghcr.io/acme/tool:1', { credentials }), ...props }, stack);
    const template = Template.fromStack(stack);
    return { properties: Object.values(template.findResources('AWS::Batch::JobDefinition'))[0].Properties, template };
  }
  const CREDENTIALS = { Image: 'ghcr.io/acme/tool:1', RepositoryCredentials: { CredentialsParameter: { Ref: expect.stringMatching(/^Registry/) } } };

  test('is in the job definition, on instances and on Fargate', () => {
    expect(definitionWith({}).properties.ContainerProperties).toMatchObject(CREDENTIALS);
    expect(definitionWith({ fargate: true }).properties.ContainerProperties).toMatchObject(CREDENTIALS);
  });

  test('is in the job definition for nodes', () => {
    const { NodeRangeProperties } = definitionWith({ nodes: 2 }).properties.NodeProperties;
    expect(NodeRangeProperties).toMatchObject([{ TargetNodes: '0:1', Container: CREDENTIALS }]);
  });

  test('may be read by the execution role', () => {
    definitionWith({}).template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: { Ref: Match.stringLikeRegexp('^Registry') } })]) },
    });
  });

  test('is not asked for without credentials', () => {
    const stack = newStack();
    newJob({ image: ecs.ContainerImage.fromRegistry('public/tool') }, stack);
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('RepositoryCredentials');
  });
});

describe('an image that the app builds', () => {
  const ARM = [new ec2.InstanceType('c7g.large')];
  const { LINUX_AMD64, LINUX_ARM64 } = ecrAssets.Platform;

  function warnings(image: (stack: Stack) => ecs.ContainerImage, instanceTypes?: ec2.InstanceType[]): unknown[] {
    const stack = newStack();
    new HeavyBatchJob(stack, 'Job', { image: image(stack), instanceTypes });
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('imagePlatform')).map(({ entry }) => entry.data);
  }
  const asset = (platform?: ecrAssets.Platform) => (stack: Stack) => ecs.ContainerImage.fromDockerImageAsset(new ecrAssets.DockerImageAsset(stack, 'Image', { directory: IMAGE, platform }));

  test('for another platform than that of the instances causes a warning', () => {
    expect(warnings(asset(LINUX_AMD64), ARM)).toEqual([
      "'image' is built for linux/amd64, but the job runs on linux/arm64; set 'platform' of the image to linux/arm64, or use 'imageDirectory', whose platform follows the instances " +
      '[ack: cdk-heavy-batch:imagePlatform]',
    ]);
  });

  test.each([['as an asset', asset()], ['from a directory', () => ecs.ContainerImage.fromAsset(IMAGE)]])('without a platform causes a warning: %s', (_, image) => {
    expect(warnings(image, ARM)).toEqual([expect.stringMatching(/is built for the platform of the machine that builds it, but the job runs on linux\/arm64/)]);
  });

  test.each<[string, (stack: Stack) => ecs.ContainerImage]>([
    ['for their platform', asset(LINUX_ARM64)],
    ['for a variant of their platform', asset(ecrAssets.Platform.custom('linux/arm64/v8'))],
    ['elsewhere', () => ecs.ContainerImage.fromRegistry('public/tool')],
  ])('%s causes no warning', (_, image) => {
    expect(warnings(image, ARM)).toEqual([]);
  });
});
