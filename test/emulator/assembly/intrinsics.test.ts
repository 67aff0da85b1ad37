import type { AssemblyStack } from '../../../emulator/assembly/assembly';
import { Intrinsics, StackLinks } from '../../../emulator/assembly/intrinsics';

/** The expected values are derived by hand from https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const stack: AssemblyStack = {
  id: 'App',
  stackName: 'app',
  account: '111111111111',
  region: 'eu-west-1',
  paths: {},
  fileAssets: {},
  images: {},
  template: {
    Parameters: {
      Name: { Type: 'String', Default: 'of-a-parameter' },
      Names: { Type: 'CommaDelimitedList', Default: 'a,b' },
      Zones: { Type: 'List<AWS::EC2::AvailabilityZone::Name>', Default: 'x,y' },
      Open: { Type: 'String' },
      AttributeName: { Type: 'String', Default: 'Arn' },
      Given: { Type: 'String', Default: 'not this' },
      GivenNames: { Type: 'CommaDelimitedList' },
      Both: { Type: 'List<String>' },
      BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
      Subnets: { Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>', Default: '/a,/b' },
    },
    Mappings: { Sizes: { 'eu-west-1': { small: 's1' } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'Yes' }] },
      OnlyOne: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
      Neither: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'No' }] },
      Odd: { 'Fn::Contains': [] },
    },
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Json: { Type: 'Custom::AWSCDKCfnJsonStringify', Properties: { Value: { Ref: 'Names' } } },
      Nested: { Type: 'AWS::CloudFormation::Stack' },
      Zone: { Type: 'AWS::Route53::HostedZone' },
    },
  },
};
const links: StackLinks = {
  valueOfExport: (name) => name === 'nowhere' ? undefined : `exported ${name}`,
  parameterOf: (id) => ({ Given: 'by the parent', GivenNames: 'x,y', Both: ['x', 'y'] })[id],
  outputOf: (logicalId, output) => output === 'Known' ? `${output} of ${logicalId}` : undefined,
};
const intrinsics = new Intrinsics(stack, links);
const ARN = 'arn:aws:sqs:eu-west-1:111111111111:q';

test.each<[object | string | number | null, unknown]>([
  ['text', 'text'],
  [3, 3],
  [null, null],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
  [{ Condition: 'StringEquals' }, { Condition: 'StringEquals' }],
  [{ Ref: 'Name', Other: 1 }, { Ref: 'Name', Other: 1 }],
  [{ Ref: 'Name' }, 'of-a-parameter'],
  [{ Ref: 'Names' }, ['a', 'b']],
  [{ Ref: 'Zones' }, ['x', 'y']],
  [{ 'Fn::Join': ['', ['{"names":', { 'Fn::GetAtt': ['Json', 'Value'] }, '}']] }, '{"names":["a","b"]}'],
  [{ Ref: 'Queue' }, 'https://sqs.eu-west-1.amazonaws.com/111111111111/q'],
  [{ Ref: 'AWS::AccountId' }, '111111111111'],
  [{ Ref: 'AWS::Region' }, 'eu-west-1'],
  [{ Ref: 'AWS::Partition' }, 'aws'],
  [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  [{ Ref: 'AWS::StackName' }, 'app'],
  [{ Ref: 'AWS::StackId' }, 'arn:aws:cloudformation:eu-west-1:111111111111:stack/app/local'],
  [{ Ref: 'AWS::NotificationARNs' }, []],
  [{ a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
  [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, ARN],
  [{ 'Fn::GetAtt': 'Queue.QueueName' }, 'q'],
  [{ 'Fn::GetAtt': ['Table', 'Stream.Label'] }, 'Table.Stream.Label'],
  [{ 'Fn::GetAtt': 'Table.Stream.Label' }, 'Table.Stream.Label'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'Name' }, 1]] }, 'a-of-a-parameter-1'],
  [{ 'Fn::Sub': '${Name} ${AWS::Region} ${Queue.Arn} ${!Name}' }, `of-a-parameter eu-west-1 ${ARN} \${Name}`],
  [{ 'Fn::Sub': ['${a} ${Name}', { a: { Ref: 'Names' }, Name: 'given' }] }, 'a,b given'],
  [{ 'Fn::Select': ['1', { Ref: 'Names' }] }, 'b'],
  [{ 'Fn::Split': [',', { 'Fn::Join': [',', ['x', 'y']] }] }, ['x', 'y']],
  [{ 'Fn::ImportValue': { 'Fn::Sub': '${AWS::StackName}-x' } }, 'exported app-x'],
  [{ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, 's1'],
  [{ 'Fn::FindInMap': ['Sizes', 'us-east-1', 'small', { DefaultValue: { Ref: 'Name' } }] }, 'of-a-parameter'],
  [{ 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'small', { DefaultValue: 's0' }] }, 's1'],
  [{ Ref: 'Given' }, 'by the parent'],
  [{ Ref: 'GivenNames' }, ['x', 'y']],
  [{ Ref: 'Both' }, ['x', 'y']],
  [{ Ref: 'BootstrapVersion' }, '/cdk-bootstrap/hnb659fds/version'],
  [{ Ref: 'Subnets' }, ['/a', '/b']],
  [{ 'Fn::GetAtt': ['Nested', 'Outputs.Known'] }, 'Known of Nested'],
  [{ 'Fn::GetAtt': ['Nested', 'Outputs.Other'] }, 'Nested.Outputs.Other'],
  [{ 'Fn::GetAtt': ['Queue', { Ref: 'AttributeName' }] }, ARN],
  [{ 'Fn::Join': [',', { 'Fn::GetAtt': ['Zone', 'NameServers'] }] }, 'Zone.NameServers'],
  [{ 'Fn::Select': [0, { 'Fn::GetAtt': ['Zone', 'NameServers'] }] }, 'Zone.NameServers'],
  [{ 'Fn::Length': { Ref: 'Names' } }, 2],
  [{ 'Fn::Length': [1, { Ref: 'AWS::NoValue' }] }, 1],
  [{ 'Fn::ToJsonString': { a: [{ Ref: 'Name' }], b: { Ref: 'AWS::NoValue' } } }, '{"a":["of-a-parameter"]}'],
  [{ 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
  [{ 'Fn::GetAZs': { Ref: 'AWS::Region' } }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
  [{ 'Fn::GetAZs': 'us-west-2' }, ['us-west-2a', 'us-west-2b', 'us-west-2c']],
  [{ 'Fn::Base64': { Ref: 'Name' } }, Buffer.from('of-a-parameter').toString('base64')],
  [{ 'Fn::If': ['Yes', { Ref: 'Name' }, { Ref: 'None' }] }, 'of-a-parameter'],
  [{ 'Fn::If': ['No', { Ref: 'None' }, 'else'] }, 'else'],
])('%j is %j', (value, expected) => {
  expect(intrinsics.resolve(value, 'App/Queue')).toEqual(expected);
});

test.each([['Yes', true], ['No', false], ['Both', true], ['OnlyOne', false], ['Either', true], ['Neither', false]])('the condition %s: %s', (name, expected) => {
  expect(intrinsics.holds(name)).toBe(expected);
});

test.each<[object, string]>([
  [{ Ref: 'Open' }, 'App/Queue needs the parameter Open of stack App, which has no default; the emulator deploys with the defaults, so give it one'],
  [{ Ref: 'None' }, 'App/Queue refers to the resource None, which stack App does not have'],
  [{ 'Fn::GetAtt': ['None', 'Arn'] }, 'App/Queue refers to the resource None, which stack App does not have'],
  [{ 'Fn::Cidr': [] }, 'App/Queue uses Fn::Cidr, which the emulator does not support; use a value in its place'],
  [{ 'Fn::ImportValue': 'nowhere' }, "App/Queue imports 'nowhere', which no stack of the app exports; use a value in its place, or add the stack that exports it to the app"],
  [{ 'Fn::FindInMap': ['Sizes', 'us-east-1', 'small'] }, 'App/Queue needs us-east-1.small of the mapping Sizes, which stack App does not have; add it, or a DefaultValue'],
  [{ 'Fn::FindInMap': ['Colours', 'eu-west-1', 'small'] }, 'App/Queue needs eu-west-1.small of the mapping Colours, which stack App does not have; add it, or a DefaultValue'],
  [{ 'Fn::Select': [2, { Ref: 'Names' }] }, 'App/Queue selects the value 2 of a list that has 2 values in the emulator; use a value in its place'],
  [{ 'Fn::If': ['Unknown', 1, 2] }, 'stack App has no condition Unknown'],
  [{ 'Fn::If': ['Odd', 1, 2] }, 'a condition of stack App uses Fn::Contains, which the emulator does not support'],
])('%j is an error that names the place', (value, message) => {
  expect(() => intrinsics.resolve(value, 'App/Queue')).toThrow(expect.objectContaining({ name: 'AssemblyError', message }));
});

test('a template may have resources alone', () => {
  const alone = new Intrinsics({ ...stack, template: { Resources: stack.template.Resources } }, links);
  expect(alone.resolve([{ Ref: 'Queue' }, { 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'small', { DefaultValue: 1 }] }], 'App/Queue')).toEqual(['https://sqs.eu-west-1.amazonaws.com/111111111111/q', 1]);
  expect(() => alone.holds('Yes')).toThrow('stack App has no condition Yes');
});

describe('resolved leniently,', () => {
  test('all that can be resolved is, and the faults name their properties', () => {
    expect(intrinsics.resolveLeniently({ a: { Ref: 'Name' }, b: [{ Ref: 'AWS::NoValue' }, { c: { Ref: 'Open' } }], d: { 'Fn::Join': ['', ['x', { 'Fn::Cidr': [] }]] } }, 'App/Queue')).toEqual({
      value: { a: 'of-a-parameter', b: [{ c: 'unresolved Ref' }], d: 'unresolved Fn::Join' },
      faults: [
        { property: 'b.1.c', message: expect.stringContaining('App/Queue needs the parameter Open of stack App') },
        { property: 'd', message: expect.stringContaining('App/Queue uses Fn::Cidr') },
      ],
    });
  });

  test.each<[object]>([[{ 'Fn::Join': null }], [{ 'Fn::Select': null }], [{ 'Fn::If': null }], [{ 'Fn::FindInMap': {} }], [{ 'Fn::GetAtt': ['Nowhere', 'Arn'] }], [{ 'Fn::Transform': {} }]])('%j is a fault, whatever is wrong with it', (value) => {
    const { value: resolved, faults } = intrinsics.resolveLeniently(value, 'App/Queue');
    expect([resolved, faults]).toEqual([`unresolved ${Object.keys(value)[0]}`, [{ property: '', message: expect.stringMatching(/^App\/Queue /) }]]);
  });
});
