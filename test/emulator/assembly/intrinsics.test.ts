import type { AssemblyStack } from '../../../emulator/assembly/assembly';
import { Intrinsics } from '../../../emulator/assembly/intrinsics';

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
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } }, Table: { Type: 'AWS::DynamoDB::Table' }, Json: { Type: 'Custom::AWSCDKCfnJsonStringify', Properties: { Value: { Ref: 'Names' } } } },
  },
};
const intrinsics = new Intrinsics(stack, (name) => `exported ${name}`);
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
  [{ 'Fn::FindInMap': ['Sizes', 'us-east-1', 'small'] }, undefined],
  [{ 'Fn::FindInMap': ['Colours', 'eu-west-1', 'small'] }, undefined],
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
  [{ Ref: 'Open' }, 'App/Queue needs the parameter Open, which has no default; the emulator deploys with the defaults'],
  [{ Ref: 'None' }, 'App/Queue refers to the resource None, which stack App does not have'],
  [{ 'Fn::GetAtt': ['None', 'Arn'] }, 'App/Queue refers to the resource None, which stack App does not have'],
  [{ 'Fn::Cidr': [] }, 'App/Queue uses Fn::Cidr, which the emulator does not support'],
  [{ 'Fn::If': ['Unknown', 1, 2] }, 'stack App has no condition Unknown'],
  [{ 'Fn::If': ['Odd', 1, 2] }, 'a condition of stack App uses Fn::Contains, which the emulator does not support'],
])('%j is an error that names the place', (value, message) => {
  expect(() => intrinsics.resolve(value, 'App/Queue')).toThrow(expect.objectContaining({ name: 'AssemblyError', message }));
});

test('a template may have resources alone', () => {
  const alone = new Intrinsics({ ...stack, template: { Resources: stack.template.Resources } }, () => undefined);
  expect(alone.resolve([{ Ref: 'Queue' }, { 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'small'] }], 'App/Queue')).toEqual(['https://sqs.eu-west-1.amazonaws.com/111111111111/q', undefined]);
  expect(() => alone.holds('Yes')).toThrow('stack App has no condition Yes');
});
