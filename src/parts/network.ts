import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** A network that costs nothing while nothing runs: public subnets, no NAT gateway, and S3 (where ECR keeps image layers) by a free gateway endpoint. */
export function freeVpc(scope: Construct, id: string): ec2.Vpc {
  return new ec2.Vpc(scope, id, {
    natGateways: 0,
    subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: true }],
    gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    // Nothing uses the default security group; closing it would cost a function and a role in every stack.
    restrictDefaultSecurityGroup: false,
  });
}
