import { Annotations, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct } from 'constructs';
import type { IHeavyBatchCompute } from './compute-interface';

const ID = 'VpcEndpoints';

const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS, ECS, ECS_AGENT, ECS_TELEMETRY, SECRETS_MANAGER, SSM } = ec2.InterfaceVpcEndpointAwsService;

export interface VpcEndpointsProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.ISubnet[];
  readonly clients: ec2.IConnectable;
  readonly fargate: boolean;
}

/**
 * What instances without a way to the internet must reach: images, the ECS control plane, logs. S3, where ECR keeps image layers, by a
 * free gateway endpoint; the others by interface endpoints, which cost by the hour and availability zone. What the VPC has already
 * is used.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export class VpcEndpoints extends Construct {
  private readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, private readonly props: VpcEndpointsProps) {
    super(scope, ID);
    const { vpc, subnets, clients, fargate } = props;
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Lets jobs in, by HTTPS.', allowAllOutbound: false });
    this.securityGroup.connections.allowFrom(clients, ec2.Port.HTTPS);
    if (!endpointOf(this, vpc, 's3')) {
      new ec2.GatewayVpcEndpoint(this, 'S3', { vpc, service: ec2.GatewayVpcEndpointAwsService.S3, subnets: [{ subnets }] });
    }
    [ECR, ECR_DOCKER, CLOUDWATCH_LOGS, ...fargate ? [] : [ECS, ECS_AGENT, ECS_TELEMETRY]].forEach((service) => this.reach(service));
  }

  /** Makes an endpoint, unless there is one. */
  reach(service: ec2.InterfaceVpcEndpointAwsService): void {
    const { vpc, subnets, clients } = this.props;
    const there = endpointOf(this, vpc, service.shortName);
    if (there) {
      // Others may have made it, for others.
      if (there instanceof ec2.InterfaceVpcEndpoint && there.node.scope !== this) there.connections.allowDefaultPortFrom(clients);
      return;
    }
    new ec2.InterfaceVpcEndpoint(this, service.shortName, {
      vpc, service, subnets: { subnets, onePerAz: true }, securityGroups: [this.securityGroup], open: false, privateDnsEnabled: true,
    });
  }
}

/** The endpoint for a service that an app's VPC has; that of one which exists already is not known. */
function endpointOf(scope: IConstruct, vpc: ec2.IVpc, service: string): IConstruct | undefined {
  const resource = scope.node.root.node.findAll().filter((one): one is ec2.CfnVPCEndpoint => one instanceof ec2.CfnVPCEndpoint)
    .find((one) => one.vpcId === vpc.vpcId && nameOf(one).endsWith(`.${service}`));
  return resource?.node.scope;
}

/** `com.amazonaws.us-east-1.ecr.api`, whose Region may be a token. */
function nameOf(endpoint: ec2.CfnVPCEndpoint): string {
  return JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)).replace(/["\]}]+$/, '');
}

/** What the secrets of a job come from is reached as well, where endpoints are the only way. */
export function reachSecrets(compute: IHeavyBatchCompute, secrets: { readonly [name: string]: batch.Secret } = {}): void {
  const endpoints = compute.node.tryFindChild(ID);
  if (!(endpoints instanceof VpcEndpoints)) return;
  for (const { arn } of Object.values(secrets)) {
    endpoints.reach(JSON.stringify(Stack.of(compute).resolve(arn)).includes(':ssm:') ? SSM : SECRETS_MANAGER);
  }
}

/** Subnets without a way to the internet, in a VPC without endpoints: instances start, and ECS never hears of them. */
export function warnOfIsolation(scope: IConstruct, vpc: ec2.IVpc, subnets: ec2.ISubnet[]): void {
  const isolated = new Set(vpc.isolatedSubnets.map((subnet) => subnet.subnetId));
  if (!subnets.every((subnet) => isolated.has(subnet.subnetId)) || endpointOf(scope, vpc, 'ecr.api')) return;
  Annotations.of(scope).addWarningV2('cdk-heavy-batch:noWayOut', 'the subnets have no way to ECR, ECS and CloudWatch Logs, so that jobs stay RUNNABLE; ' +
    "set 'vpcEndpoints' to true, use other 'vpcSubnets', or acknowledge this where the VPC has endpoints that the app does not know");
}
