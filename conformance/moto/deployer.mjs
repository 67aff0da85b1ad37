// Deploys a synthesized stack to moto as `cdk deploy` deploys it to AWS: first the assets, then the template by its URL.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {
  CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackResourcesCommand, DescribeStacksCommand, ListExportsCommand, UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ACCOUNT, REGION } from './server.mjs';
import { CACHE } from '../common/cache.mjs';
import { python } from '../common/venv.mjs';

export class Deployer {
  #published = new Set();

  constructor(moto) {
    this.cloudformation = new CloudFormationClient(moto.client);
    this.ecr = new ECRClient(moto.client);
    this.s3 = new S3Client(moto.client);
    this.ssm = new SSMClient(moto.client);
  }

  /** Creates what `cdk bootstrap` creates: templates read its version. https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
  async bootstrap() {
    await this.ssm.send(new PutParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' }));
    await this.s3.send(new CreateBucketCommand({ Bucket: `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}` }));
    await this.ecr.send(new CreateRepositoryCommand({ repositoryName: `cdk-hnb659fds-container-assets-${ACCOUNT}-${REGION}` }));
  }

  /** Creates or updates the stack with this template. Returns what `resources` returns. */
  async deploy(stack, template, { update = false } = {}) {
    const TemplateURL = await this.#publish(stack, template);
    const input = { StackName: stack.name, TemplateURL, Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] };
    await this.cloudformation.send(update ? new UpdateStackCommand(input) : new CreateStackCommand(input));
    const { Stacks: [{ StackStatus, StackStatusReason }] } = await this.cloudformation.send(new DescribeStacksCommand({ StackName: stack.name }));
    if (StackStatus !== (update ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE')) throw new Error(`${stack.name} is ${StackStatus}: ${StackStatusReason ?? 'no reason given'}`);
    return this.resources(stack);
  }

  /** The physical ids of the stack's resources, by logical id. */
  async resources(stack) {
    const { StackResources = [] } = await this.cloudformation.send(new DescribeStackResourcesCommand({ StackName: stack.name }));
    return new Map(StackResources.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]));
  }

  /** The values that stacks export, by name. */
  async exports() {
    const { Exports = [] } = await this.cloudformation.send(new ListExportsCommand({}));
    return new Map(Exports.map(({ Name, Value }) => [Name, Value]));
  }

  async delete(stack) {
    await this.cloudformation.send(new DeleteStackCommand({ StackName: stack.name }));
  }

  /** Publishes the assets of the stack, with this template instead of its own. Returns the URL of the template. */
  async #publish(stack, template) {
    const { files = {}, dockerImages = {} } = JSON.parse(fs.readFileSync(stack.assets, 'utf8'));
    let templateUrl;
    for (const { source, destinations } of Object.values(files)) {
      const file = path.join(path.dirname(stack.assets), source.path);
      for (const destination of Object.values(destinations)) {
        const [Bucket, Key] = [withAccount(destination.bucketName), withAccount(destination.objectKey)];
        const isTemplate = file === stack.file;
        if (isTemplate) templateUrl = `https://s3.${REGION}.amazonaws.com/${Bucket}/${Key}`;
        else if (this.#isPublished(Key)) continue;
        const Body = isTemplate ? JSON.stringify(template) : fs.readFileSync(source.packaging === 'zip' ? await zip(file, path.basename(Key)) : file);
        await this.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      }
    }
    for (const { repositoryName, imageTag } of Object.values(dockerImages).flatMap(({ destinations }) => Object.values(destinations))) {
      if (this.#isPublished(imageTag)) continue;
      // Images are not built. What is pushed is the manifest of an image without layers.
      await this.ecr.send(new PutImageCommand({ repositoryName: withAccount(repositoryName), imageTag, imageManifest: emptyImage(imageTag) }));
    }
    return templateUrl;
  }

  #isPublished(name) {
    const published = this.#published.has(name);
    this.#published.add(name);
    return published;
  }
}

/** The names in an asset manifest leave account and Region open. https://docs.aws.amazon.com/cdk/v2/guide/assets.html */
function withAccount(text) {
  return text.replaceAll('${AWS::AccountId}', ACCOUNT).replaceAll('${AWS::Region}', REGION).replaceAll('${AWS::Partition}', 'aws');
}

async function zip(directory, name) {
  const file = path.join(CACHE, name);
  if (!fs.existsSync(file)) {
    const temporary = `${file}.${process.pid}`;
    await python('zip', ['-m', 'zipfile', '-c', temporary, ...fs.readdirSync(directory)], { cwd: directory });
    fs.renameSync(temporary, file);
  }
  return file;
}

function emptyImage(tag) {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: { tag } }, rootfs: { type: 'layers', diff_ids: [] } });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: config.length, digest: `sha256:${createHash('sha256').update(config).digest('hex')}` },
    layers: [],
  });
}
