import { Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct } from 'constructs';
import type { IHeavyBatchCompute } from './compute-interface';
import { accepted, refuse, warn } from '../common/validation';

const ID = 'VpcEndpoints';

const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS, ECS, ECS_AGENT, ECS_TELEMETRY, SECRETS_MANAGER, SSM, SSM_MESSAGES } = ec2.InterfaceVpcEndpointAwsService;

export interface VpcEndpointsProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.ISubnet[];
  readonly clients: ec2.IConnectable;
  readonly fargate: boolean;
}

/**
 * The endpoints that jobs without access to the internet need: for images, for the ECS control plane, and for logs. S3, where ECR stores
 * image layers, has a free gateway endpoint. The others are interface endpoints, which cost money for each hour and Availability Zone.
 * Endpoints that the VPC has already are used.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export class VpcEndpoints extends Construct {
  private readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, private readonly props: VpcEndpointsProps) {
    super(scope, ID);
    const { vpc, subnets, clients, fargate } = props;
    accepted(scope, 'vpcSubnets', 'has a subnet whose Availability Zone is not known, but each zone gets one endpoint', "use ec2.Subnet.fromSubnetAttributes with its 'availabilityZone'",
      () => subnets.map((subnet) => subnet.availabilityZone));
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Lets jobs in, by HTTPS.', allowAllOutbound: false });
    this.securityGroup.connections.allowFrom(clients, ec2.Port.HTTPS);
    if (!endpointOf(this, vpc, 's3')) {
      if (subnets.some(({ routeTable }) => !routeTable?.routeTableId)) {
        refuse(scope, 'vpcEndpoints', "is true, but the route tables of the subnets are not known, and the endpoint for S3 needs them; import 'vpc' with its route tables, or create the endpoints yourself");
      }
      new ec2.GatewayVpcEndpoint(this, 'S3', { vpc, service: ec2.GatewayVpcEndpointAwsService.S3, subnets: [{ subnets }] });
    }
    [ECR, ECR_DOCKER, CLOUDWATCH_LOGS, ...fargate ? [] : [ECS, ECS_AGENT, ECS_TELEMETRY]].forEach((service) => this.ensureEndpoint(service));
  }

  /** Creates an endpoint, unless the VPC has one for the service. */
  ensureEndpoint(service: ec2.InterfaceVpcEndpointAwsService): void {
    const { vpc, subnets, clients } = this.props;
    const existing = endpointOf(this, vpc, service.shortName);
    if (existing) {
      // An endpoint that was created elsewhere in the app may not accept connections from the jobs yet.
      if (existing instanceof ec2.InterfaceVpcEndpoint && existing.node.scope !== this) existing.connections.allowDefaultPortFrom(clients);
      return;
    }
    new ec2.InterfaceVpcEndpoint(this, service.shortName, {
      vpc, service, subnets: { subnets, onePerAz: true }, securityGroups: [this.securityGroup], open: false, privateDnsEnabled: true,
    });
  }
}

/** The endpoint for a service that the app has created in a VPC. Endpoints that were created outside of the app are not known. */
function endpointOf(scope: IConstruct, vpc: ec2.IVpc, service: string): IConstruct | undefined {
  const resource = scope.node.root.node.findAll().filter((construct): construct is ec2.CfnVPCEndpoint => construct instanceof ec2.CfnVPCEndpoint)
    .find((endpoint) => endpoint.vpcId === vpc.vpcId && serviceNameOf(endpoint).endsWith(`.${service}`));
  return resource?.node.scope;
}

/** For example `com.amazonaws.us-east-1.ecr.api`. Its Region may be a token. */
function serviceNameOf(endpoint: ec2.CfnVPCEndpoint): string {
  return JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)).replace(/["\]}]+$/, '');
}

export interface JobEndpointsProps {
  readonly secrets?: { readonly [name: string]: batch.Secret };
  /** The secret for the registry of the image. */
  readonly credentialsParameter?: string;
  readonly enableExecuteCommand?: boolean;
}

/** Where jobs have no access to the internet: creates the endpoints that a job needs for its secrets, and for a shell in its containers. */
export function ensureJobEndpoints(compute: IHeavyBatchCompute, { secrets = {}, credentialsParameter, enableExecuteCommand }: JobEndpointsProps): void {
  const endpoints = compute.node.tryFindChild(ID);
  if (!(endpoints instanceof VpcEndpoints)) return;
  for (const { arn } of Object.values(secrets)) {
    endpoints.ensureEndpoint(JSON.stringify(Stack.of(compute).resolve(arn)).includes(':ssm:') ? SSM : SECRETS_MANAGER);
  }
  if (credentialsParameter) endpoints.ensureEndpoint(SECRETS_MANAGER);
  if (enableExecuteCommand) endpoints.ensureEndpoint(SSM_MESSAGES);
}

/** Warns of isolated subnets in a VPC without endpoints: instances start there, but cannot register with ECS. */
export function warnOfIsolation(scope: IConstruct, vpc: ec2.IVpc, subnets: ec2.ISubnet[]): void {
  const isolated = new Set(vpc.isolatedSubnets.map((subnet) => subnet.subnetId));
  if (!subnets.every((subnet) => isolated.has(subnet.subnetId)) || endpointOf(scope, vpc, 'ecr.api')) return;
  warn(scope, 'noWayOut', 'the subnets have no route to ECR, ECS and CloudWatch Logs, so jobs would stay RUNNABLE; ' +
    "set 'vpcEndpoints' to true, use other 'vpcSubnets', or acknowledge this warning if the VPC has endpoints that were created outside of this app");
}
