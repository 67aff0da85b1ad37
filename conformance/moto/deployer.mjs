// Deploys a synthesized stack to moto as `cdk deploy` deploys it to AWS: first the files of its asset manifest, then the template by its URL.
import fs from 'node:fs';
import path from 'node:path';
import {
  CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackResourcesCommand, DescribeStacksCommand, ListExportsCommand, UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ACCOUNT, REGION } from './server.mjs';

export class Deployer {
  constructor(moto) {
    this.cloudformation = new CloudFormationClient(moto.client);
    this.s3 = new S3Client(moto.client);
    this.ssm = new SSMClient(moto.client);
  }

  /** Creates what `cdk bootstrap` creates: templates read its version. https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
  async bootstrap() {
    await this.ssm.send(new PutParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' }));
    await this.s3.send(new CreateBucketCommand({ Bucket: `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}` }));
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

  /** Publishes the files of the stack's assets, with this template instead of its own. Returns the URL of the template. */
  async #publish(stack, template) {
    const { files = {} } = JSON.parse(fs.readFileSync(stack.assets, 'utf8'));
    let templateUrl;
    for (const { source, destinations } of Object.values(files)) {
      for (const { bucketName, objectKey } of Object.values(destinations)) {
        const [Bucket, Key] = [withAccount(bucketName), withAccount(objectKey)];
        const isTemplate = path.join(path.dirname(stack.assets), source.path) === stack.file;
        if (isTemplate) templateUrl = `https://s3.${REGION}.amazonaws.com/${Bucket}/${Key}`;
        // moto does not run the code of a function.
        await this.s3.send(new PutObjectCommand({ Bucket, Key, Body: isTemplate ? JSON.stringify(template) : source.path }));
      }
    }
    return templateUrl;
  }
}

/** The names in an asset manifest leave account and Region open. https://docs.aws.amazon.com/cdk/v2/guide/assets.html */
function withAccount(text) {
  return text.replaceAll('${AWS::AccountId}', ACCOUNT).replaceAll('${AWS::Region}', REGION);
}
