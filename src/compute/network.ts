import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { recordNetwork, Regulated } from './regulated';
import { VpcEndpoints, warnOfIsolation } from './vpc-endpoints';
import { acknowledgeFindings } from '../common/acknowledge';
import { NODES } from '../common/regulated-findings';
import { accepted, refuse, warn } from '../common/validation';

export interface NetworkProps {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly vpcEndpoints?: boolean;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly fargate?: boolean;
  readonly regulated?: Regulated;
}

export interface Network {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SelectedSubnets;
  readonly securityGroups: ec2.ISecurityGroup[];
  readonly connections: ec2.Connections;
  readonly endpoints?: VpcEndpoints;
}

/** The network of a compute: the VPC of the user, or a new one. */
export function networkOf(scope: Construct, props: NetworkProps): Network {
  const { vpcEndpoints = false, fargate = false } = props;
  if (!props.vpc) warnOfSeveralVpcs(scope);
  const vpc = props.vpc ?? newVpc(scope, 'Vpc', props);
  const subnets = selectSubnets(scope, vpc, props);
  const securityGroups = props.securityGroups ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Lets out, not in.' })];
  const connections = new ec2.Connections({ securityGroups });
  // Before `Vpc.fromLookup` has found the VPC, its subnets are placeholders. The CDK runs the app again when it has.
  const pending = subnets.isPendingLookup ?? false;
  const endpoints = vpcEndpoints && !pending ? new VpcEndpoints(scope, { vpc, subnets: subnets.subnets, clients: connections, fargate }) : undefined;
  if (!vpcEndpoints && !pending) warnOfIsolation(scope, vpc, subnets.subnets);
  return { vpc, subnets, securityGroups, connections, endpoints };
}

/** The computes of each stack that create a VPC. */
const WITH_VPC = new WeakMap<Stack, Construct[]>();

/** Warns at the second VPC of a stack, once. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
function warnOfSeveralVpcs(compute: Construct): void {
  const computes = [...WITH_VPC.get(Stack.of(compute)) ?? [], compute];
  WITH_VPC.set(Stack.of(compute), computes);
  if (computes.length !== 2) return;
  warn(compute, 'severalVpcs', `this compute creates a VPC, and so does ${computes[0].node.path}, but an account has a quota of 5 VPCs in a Region; ` +
    "share one compute with the line `compute: otherJob.compute`, or give both the same 'vpc'");
}

/** Refuses a selection without subnets: AWS Batch accepts no compute environment that has none. */
function selectSubnets(scope: Construct, vpc: ec2.IVpc, props: NetworkProps): ec2.SelectedSubnets {
  const [prop, remedy] = props.vpcSubnets
    ? ['vpcSubnets', 'use a selection of subnets that the VPC has, or leave it out']
    : ['vpc', "use a VPC with subnets, or 'vpcSubnets'"];
  const selection = props.vpcSubnets ?? (props.vpc || props.vpcEndpoints ? undefined : { subnetType: ec2.SubnetType.PUBLIC });
  const fault = 'has no subnet for the jobs';
  const selected = accepted(scope, prop, fault, remedy, () => vpc.selectSubnets(selection));
  return selected.subnets.length > 0 || selected.isPendingLookup ? selected : refuse(scope, prop, `${fault}; ${remedy}`);
}

/** Allows the nodes of a multi-node job to connect to each other. Each node has all of the security groups. */
export function connectNodes({ securityGroups }: ec2.Connections): void {
  const description = 'The nodes of a multi-node job.';
  for (const group of securityGroups) {
    group.addIngressRule(group, ec2.Port.allTraffic(), description);
    const rules = group.node.findAll().filter((rule) => rule instanceof ec2.CfnSecurityGroupIngress && rule.description === description);
    rules.forEach((rule) => acknowledgeFindings(rule, NODES));
    if (!group.allowAllOutbound) group.addEgressRule(group, ec2.Port.allTraffic(), description);
  }
}

function newVpc(scope: Construct, id: string, { vpcEndpoints, regulated }: NetworkProps): ec2.Vpc {
  // Nothing uses the default security group, and closing it adds a function and a role to the stack.
  const common = { natGateways: 0, restrictDefaultSecurityGroup: regulated !== undefined };
  const vpc = new ec2.Vpc(scope, id, { ...common, ...vpcEndpoints ? ISOLATED : PUBLIC });
  if (regulated) recordNetwork(scope, vpc, regulated);
  return vpc;
}

/** A VPC that costs nothing while no job runs: public subnets, no NAT gateway, and a free gateway endpoint for S3, where ECR stores image layers. */
const PUBLIC: ec2.VpcProps = {
  subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: true }],
  gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
};

/** A VPC without access to the internet. It has only two Availability Zones, because the endpoints cost money in each of them. */
const ISOLATED: ec2.VpcProps = {
  maxAzs: 2,
  subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
};
