// Deploys a synthesized stack into moto as `cdk deploy` would into AWS: assets first, then the template by its URL.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackResourcesCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { BatchGetImageCommand, CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CACHE } from './cache.mjs';
import { ACCOUNT, REGION } from './moto.mjs';
import { prepareVenv } from './venv.mjs';

export class Deployer {
  /** What the stacks so far export, by name. */
  exports = new Map();

  constructor(moto) {
    this.cloudformation = new CloudFormationClient(moto.client);
    this.ecr = new ECRClient(moto.client);
    this.s3 = new S3Client(moto.client);
    this.ssm = new SSMClient(moto.client);
  }

  /** What `cdk bootstrap` leaves: templates ask for its version. https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
  async bootstrap() {
    await this.ssm.send(new PutParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' }));
    await this.s3.send(new CreateBucketCommand({ Bucket: `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}` }));
    await this.ecr.send(new CreateRepositoryCommand({ repositoryName: `cdk-hnb659fds-container-assets-${ACCOUNT}-${REGION}` }));
  }

  /** Publishes the stack's assets, with another template than its own where one is given, and answers the template's URL. */
  async publish(stack, template) {
    const { files = {}, dockerImages = {} } = JSON.parse(fs.readFileSync(stack.assets, 'utf8'));
    const within = path.dirname(stack.assets);
    let templateUrl;
    for (const { source, destinations } of Object.values(files)) {
      const file = path.join(within, source.path);
      for (const destination of Object.values(destinations)) {
        const Bucket = here(destination.bucketName);
        const Key = here(destination.objectKey);
        if (file === stack.file) templateUrl = `https://s3.${REGION}.amazonaws.com/${Bucket}/${Key}`;
        if (file !== stack.file && await is(this.s3.send(new HeadObjectCommand({ Bucket, Key })))) continue;
        const Body = file === stack.file && template ? JSON.stringify(template) : fs.readFileSync(source.packaging === 'zip' ? await zipped(file, path.basename(Key)) : file);
        await this.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      }
    }
    for (const { destinations } of Object.values(dockerImages)) {
      for (const destination of Object.values(destinations)) {
        const repositoryName = here(destination.repositoryName);
        const { imageTag } = destination;
        const { images } = await this.ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
        // There is no engine here that would build it: what is pushed is the manifest of an image without layers.
        if (images.length === 0) await this.ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest: emptyImage(imageTag) }));
      }
    }
    return templateUrl;
  }

  /** Creates the stack, or updates it where there is one, and answers the physical ids of its resources. */
  async deploy(stack, { update = false, template } = {}) {
    const TemplateURL = await this.publish(stack, template);
    const input = { StackName: stack.name, TemplateURL, Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] };
    await this.cloudformation.send(update ? new UpdateStackCommand(input) : new CreateStackCommand(input));
    const { Stacks: [{ StackStatus, StackStatusReason, Outputs = [] }] } = await this.cloudformation.send(new DescribeStacksCommand({ StackName: stack.name }));
    if (StackStatus !== (update ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE')) throw new Error(`${stack.name} is ${StackStatus}: ${StackStatusReason ?? 'no reason given'}`);
    for (const { ExportName, OutputValue } of Outputs) if (ExportName) this.exports.set(ExportName, OutputValue);
    return this.resources(stack);
  }

  async resources(stack) {
    const { StackResources = [] } = await this.cloudformation.send(new DescribeStackResourcesCommand({ StackName: stack.name }));
    return new Map(StackResources.map((resource) => [resource.LogicalResourceId, { type: resource.ResourceType, id: resource.PhysicalResourceId }]));
  }

  async delete(stack) {
    await this.cloudformation.send(new DeleteStackCommand({ StackName: stack.name }));
  }
}

/** https://docs.aws.amazon.com/cdk/v2/guide/assets.html: what an asset manifest leaves open. */
function here(text) {
  return text.replaceAll('${AWS::AccountId}', ACCOUNT).replaceAll('${AWS::Region}', REGION).replaceAll('${AWS::Partition}', 'aws');
}

async function is(answer) {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error.$metadata?.httpStatusCode === 404) return false;
    throw error;
  }
}

async function zipped(directory, name) {
  const zip = path.join(CACHE, name);
  if (!fs.existsSync(zip)) {
    const aside = `${zip}.${process.pid}`;
    const { status, stderr } = spawnSync(await prepareVenv(), ['-m', 'zipfile', '-c', aside, ...fs.readdirSync(directory)], { cwd: directory, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${directory} cannot be zipped: ${stderr}`);
    fs.renameSync(aside, zip);
  }
  return zip;
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
