import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { HeavyBatchCompute, HeavyBatchJob } from '../../src';
import { IMAGE, newJob, newStack, templateOf } from '../stacks';

const ALL = ['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'logs', 's3'];

/** The services that a template has endpoints for. */
function servicesOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .map(({ Properties: { ServiceName: name } }) => (typeof name === 'string' ? name : name['Fn::Join'][1].at(-1)).replace(/^\.|^com\.amazonaws\.[\w-]+\./, ''))
    .sort();
}

const isolated = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });

describe('VPC endpoints', () => {
  const template = templateOf({ vpcEndpoints: true });

  test('exist for all services that instances need to run a job', () => {
    expect(servicesOf(template)).toEqual(ALL);
  });

  test('replace public IP addresses and gateways', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
    const subnets = Object.keys(template.findResources('AWS::EC2::Subnet'));
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { Subnets: subnets.map((Ref) => ({ Ref })) } });
  });

  test('allow connections from the instances only', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: true, SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('VpcEndpoints'), 'GroupId'] }] });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 443,
      ToPort: 443,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('VpcEndpoints'), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('JobComputeSecurityGroup'), 'GroupId'] },
    });
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  test('are created before the compute environment', () => {
    const [environment] = Object.values(template.findResources('AWS::Batch::ComputeEnvironment'));
    expect(environment.DependsOn.filter((id: string) => id.includes('VpcEndpointsecs'))).toHaveLength(3);
  });

  test('are created only with vpcEndpoints', () => {
    expect(servicesOf(templateOf())).toEqual(['s3']);
  });

  test('are fewer on Fargate, where tasks get no public IP address either', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute', { fargate: true, vpcEndpoints: true });
    expect(servicesOf(Template.fromStack(stack))).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3']);
    expect(compute._plan.assignPublicIp).toBe(false);
  });

  test('are in the subnets of the instances, one in each Availability Zone', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    newJob({ vpc, vpcEndpoints: true }, stack);
    const given = Template.fromStack(stack);
    expect(servicesOf(given)).toEqual(ALL);
    given.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', SubnetIds: vpc.privateSubnets.map((subnet) => stack.resolve(subnet.subnetId)) });
    given.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway', RouteTableIds: vpc.privateSubnets.map((subnet) => stack.resolve(subnet.routeTable.routeTableId)) });
  });

  test('that the app has created are used, and allow connections from the instances', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = isolated(stack);
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addInterfaceEndpoint('Logs', { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, open: false });
    newJob({ vpc, vpcEndpoints: true }, stack);
    const template2 = Template.fromStack(stack);
    expect(servicesOf(template2)).toEqual(ALL);
    template2.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 443, GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('VpcLogs'), 'GroupId'] } });
  });

  test('are shared by the computes in one VPC', () => {
    const app = new App();
    const [network, one, two] = ['Network', 'One', 'Two'].map((id) => new Stack(app, id));
    const vpc = isolated(network);
    for (const stack of [one, two]) newJob({ vpc, vpcEndpoints: true }, stack);
    expect(servicesOf(Template.fromStack(one))).toEqual(ALL);
    expect(servicesOf(Template.fromStack(two))).toEqual([]);
    expect(() => app.synth()).not.toThrow();
  });

  test('include Session Manager when a shell can be opened in a container', () => {
    expect(servicesOf(templateOf({ vpcEndpoints: true, enableExecuteCommand: true }))).toEqual([...ALL, 'ssmmessages']);
  });

  test('include Secrets Manager when the registry of the image needs a secret', () => {
    const stack = newStack();
    const credentials = new secretsmanager.Secret(stack, 'Secret');
    newJob({ vpcEndpoints: true, image: ecs.ContainerImage.fromRegistry('registry.internal/tool', { credentials }) }, stack);
    expect(servicesOf(Template.fromStack(stack))).toEqual([...ALL, 'secretsmanager']);
  });

  test.each<[string, (stack: Stack) => batch.Secret, string]>([
    ['Secrets Manager', (stack) => batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')), 'secretsmanager'],
    ['the Parameter Store', (stack) => batch.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Secret', { parameterName: '/a' })), 'ssm'],
  ])('exist for %s if a job has a secret there', (_, secret, service) => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute', { vpcEndpoints: true });
    for (const id of ['One', 'Two']) new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE, secrets: { A: secret(new Stack(stack, `${id}Secret`)) } });
    expect(servicesOf(Template.fromStack(stack))).toEqual([...ALL, service].sort());
  });

  test('for secrets are not created without vpcEndpoints', () => {
    const stack = newStack();
    newJob({ secrets: { A: batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')) } }, stack);
    expect(servicesOf(Template.fromStack(stack))).toEqual(['s3']);
  });
});

describe('isolated subnets without VPC endpoints', () => {
  const warnings = (build: (stack: Stack) => void) => {
    const stack = newStack();
    build(stack);
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('noWayOut')).map(({ entry }) => entry.data);
  };

  test('cause a warning', () => {
    expect(warnings((stack) => newJob({ vpc: isolated(stack) }, stack))).toEqual([
      "the subnets have no route to ECR, ECS and CloudWatch Logs, so jobs would stay RUNNABLE; set 'vpcEndpoints' to true, use other 'vpcSubnets', " +
      'or acknowledge this warning if the VPC has endpoints that were created outside of this app [ack: cdk-heavy-batch:noWayOut]',
    ]);
  });

  test('cause no warning with endpoints, and subnets with a NAT gateway or public IP addresses cause none', () => {
    expect(warnings((stack) => newJob({ vpc: isolated(stack), vpcEndpoints: true }, stack))).toEqual([]);
    expect(warnings((stack) => newJob({ vpc: new ec2.Vpc(stack, 'Vpc') }, stack))).toEqual([]);
    expect(warnings((stack) => newJob({ vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 0 }), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }, stack))).toEqual([]);
    expect(warnings((stack) => newJob({}, stack))).toEqual([]);
    expect(warnings((stack) => {
      const vpc = isolated(stack);
      vpc.addInterfaceEndpoint('Ecr', { service: ec2.InterfaceVpcEndpointAwsService.ECR });
      newJob({ vpc }, stack);
    })).toEqual([]);
  });
});

test('endpoints in a subnet whose zone is not known are refused, since each zone gets one', () => {
  const stack = newStack();
  const vpcSubnets = { subnets: [ec2.Subnet.fromSubnetId(stack, 'Subnet', 'subnet-1')] };
  expect(() => newJob({ vpc: isolated(stack), vpcSubnets, vpcEndpoints: true }, stack)).toThrow(new RegExp("^'vpcSubnets' has a subnet whose Availability Zone is not known, " +
    "but each zone gets one endpoint: .*; use ec2.Subnet.fromSubnetAttributes with its 'availabilityZone' \\(at Stack/Job/Compute\\)$"));
});

test('endpoints are refused where no route table is known', () => {
  const stack = newStack();
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['us-east-1a'], isolatedSubnetIds: ['subnet-1'] });
  expect(() => newJob({ vpc, vpcEndpoints: true }, stack)).toThrow(/^'vpcEndpoints' is true, but the route tables of the subnets are not known.*; import 'vpc' with its route tables/);
});
