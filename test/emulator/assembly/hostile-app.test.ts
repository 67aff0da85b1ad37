import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { heavyBatchHere } from '../../cli/heavy-batch';
import { oneJob, temporary } from '../apps';

/** What is in a `cdk.out` may come from anybody. Each of these is an error of one line with the exit code 2, and takes no long time. */
const stack = (more: object = {}) => ({ type: 'aws:cloudformation:stack', environment: 'aws://1/us-east-1', properties: { templateFile: 'App.template.json' }, ...more });
const nested = (levels: number, [open, close]: readonly [string, string] = ['[', ']']) => open.repeat(levels) + close.repeat(levels);

/** Writes files; a value that is no text is written as JSON. */
function written(files: Record<string, unknown>, directory = temporary()): string {
  for (const [name, content] of Object.entries({ 'manifest.json': { artifacts: { App: stack() } }, 'App.template.json': { Resources: {} }, ...files })) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    fs.writeFileSync(path.join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

async function expectError(directory: string, message: RegExp | string): Promise<void> {
  const started = performance.now();
  const { code, out, err } = await heavyBatchHere('run', '--app', directory);
  expect([code, out, err]).toEqual([2, '', expect.stringMatching(message)]);
  expect(err).toMatch(/^heavy-batch: [^\n]+\n$/);
  expect(err).not.toMatch(/unexpected error|Maximum call stack/);
  expect(performance.now() - started).toBeLessThan(30_000);
}

test.each<[string, string, RegExp]>([
  ['no JSON', '{', /cannot be read as JSON/],
  ['nothing', '', /cannot be read as JSON/],
  ['a list', '[]', /is not an object of JSON/],
  ['100,000 levels of lists', nested(100_000), /has more than 200 levels/],
  ['100,000 levels of objects', nested(100_000, ['{"a":', '}']).replace('{"a":}', '{"a":1}'), /has more than 200 levels/],
  ['artifacts of another type', '{"artifacts":{"App":{"type":"aws:cloudformation:stack","displayName":5,"properties":{"templateFile":"App.template.json"}}}}', /has the artifact App, which cannot be read/],
  ['metadata of another type', JSON.stringify({ artifacts: { App: stack({ metadata: { a: 5 } }) } }), /has the artifact App, which cannot be read/],
])('a manifest that is %s', async (_, text, message) => {
  await expectError(written({ 'manifest.json': text }), message);
});

test('a manifest that is a directory, a pipe, a device or very large', async () => {
  for (const [make, message] of [
    [(file: string) => fs.mkdirSync(file), 'it is not a file'],
    [(file: string) => execFileSync('mkfifo', [file]), 'it is not a file'],
    [(file: string) => fs.symlinkSync('/dev/zero', file), 'it is not a file'],
    [(file: string) => { fs.writeFileSync(file, ''); fs.truncateSync(file, 2 ** 40); }, 'and 67108864 are read'],
  ] as const) {
    const directory = temporary();
    make(path.join(directory, 'manifest.json'));
    await expectError(directory, message);
  }
});

describe('a path that leads out of the app:', () => {
  const outside = () => {
    const place = temporary();
    for (const name of ['secret.json', 'secret.json.assets.json']) fs.writeFileSync(path.join(place, name), '{"Resources":{}}');
    return place;
  };

  test.each<[string, (secret: string) => object]>([
    ['a template', (templateFile) => ({ App: stack({ properties: { templateFile } }) })],
    ['metadata', (additionalMetadataFile) => ({ App: stack({ additionalMetadataFile }) })],
    ['a nested app', (directoryName) => ({ Stage: { type: 'cdk:cloud-assembly', properties: { directoryName } } })],
    ['an id', (secret) => ({ [secret]: stack() })],
  ])('%s', async (_, artifacts) => {
    const place = outside();
    const app = path.join(place, 'app');
    fs.writeFileSync(path.join(place, 'manifest.json'), '{"name": "a web app", "artifacts": {"App": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "other"}}}}');
    for (const secret of ['../secret.json', path.join(place, 'secret.json'), '../app/../secret.json', '\0']) await expectError(written({ 'manifest.json': { artifacts: artifacts(secret) } }, app), /names ".*", which is not in /);
    fs.symlinkSync('..', path.join(app, 'link'));
    await expectError(written({ 'manifest.json': { artifacts: artifacts('link/secret.json') } }, app), /names "link\/secret.json(\.assets\.json)?", which is not in /);
  });
});

test('apps that nest themselves', async () => {
  const stage = (directoryName: string) => ({ artifacts: { Stage: { type: 'cdk:cloud-assembly', properties: { directoryName } } } });
  await expectError(written({ 'manifest.json': stage('.') }), /is nested in itself/);
  await expectError(written({ 'manifest.json': stage('a'), 'a/manifest.json': stage('../a') }), /is nested in itself/);
  const twice = { artifacts: { One: stage('b').artifacts.Stage, Two: stage('b').artifacts.Stage } };
  await expectError(written({ 'manifest.json': twice, 'b/manifest.json': { artifacts: {} } }), /nested twice/);
  const app = written({ 'manifest.json': stage('link') });
  fs.symlinkSync('.', path.join(app, 'link'));
  await expectError(app, /is nested in itself/);
});

const nestedStack = (file: string) => ({ Type: 'AWS::CloudFormation::Stack', Properties: {}, Metadata: { 'aws:asset:path': file } });

test('stacks that nest themselves, and more stacks than there can be', async () => {
  await expectError(written({ 'App.template.json': { Resources: { A: nestedStack('App.template.json') } } }), /whose nested stack A nests itself/);
  await expectError(written({ 'App.template.json': { Resources: { A: nestedStack('B.json') } }, 'B.json': { Resources: { C: nestedStack('./App.template.json') } } }), /nests itself/);
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, level) => [`${level}.json`, { Resources: { A: nestedStack(`${level + 1}.json`), B: nestedStack(`${level + 1}.json`) } }]));
  await expectError(written({ ...files, '30.json': { Resources: {} }, 'App.template.json': { Resources: { A: nestedStack('0.json') } } }), /more than 2000 stacks/);
});

describe('a template whose values', () => {
  const role = (value: unknown) => ({ Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: value } });
  /** The state machine that cannot be read says why. */
  const machine = (value: unknown) => ({ Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: value, RoleArn: 'x' }, Metadata: { 'aws:cdk:path': 'App/Job/Run/Resource' } });
  const app = (template: object) => written({ 'App.template.json': template });
  const doubled = (levels: number, value: (next: number) => unknown) => Object.fromEntries(Array.from({ length: levels }, (_, level) => [`V${level}`, { Value: { 'Fn::Join': ['', [value(level + 1), value(level + 1)]] }, Export: { Name: `v${level}` } }]));
  const imported = (level: number) => ({ 'Fn::ImportValue': `v${level}` });

  test.each<[string, () => object, RegExp]>([
    ['import themselves', () => ({ Outputs: { A: { Value: { 'Fn::ImportValue': 'a' }, Export: { Name: 'a' } } }, Resources: { M: machine({ 'Fn::ImportValue': 'a' }) } }), /refers to itself/],
    ['are in a text of themselves', () => ({ Resources: { J: { Type: 'Custom::AWSCDKCfnJsonStringify', Properties: { Value: { 'Fn::GetAtt': ['J', 'Value'] } } }, M: machine({ 'Fn::GetAtt': ['J', 'Value'] }) } }), /refers to itself/],
    ['have conditions of themselves', () => ({ Conditions: { A: { 'Fn::Not': [{ Condition: 'A' }] } }, Resources: { M: machine({ 'Fn::If': ['A', 1, 2] }) } }), /the condition A of stack App refers to itself/],
    ['are doubled 40 times', () => ({ Outputs: { ...doubled(40, imported), Last: { Value: 'x', Export: { Name: 'v40' } } }, Resources: { M: machine(imported(0)) } }), /more than 5000000 values|more than 4194304 characters/],
    ['are long texts', () => ({ Outputs: { ...doubled(15, imported), Last: { Value: 'x'.repeat(1_000), Export: { Name: 'v15' } } }, Resources: { M: machine(imported(0)) } }), /more than 4194304 characters/],
    ['are very many parts of a text', () => ({ Resources: { M: machine({ 'Fn::Join': ['', { 'Fn::Split': ['', 'x'.repeat(100_001)] }] }) } }), /more than 100000 parts/],
    ['are a list of very many parts', () => ({ Parameters: { L: { Type: 'CommaDelimitedList', Default: ','.repeat(100_000) } }, Resources: { M: machine({ 'Fn::Select': [0, { Ref: 'L' }] }) } }), /more than 100000 parts/],
    ['are parts of a text again and again', () => ({ Resources: { M: machine({ 'Fn::Join': ['', Array(60).fill({ 'Fn::Join': ['', { 'Fn::Split': ['', 'x'.repeat(100_000)] }] })] }) } }), /more than (5000000 values|4194304 characters)/],
    ['are deep JSON in a text', () => ({ Resources: { M: machine(nested(100_000)) } }), /has a definition of more than 300 levels/],
  ])('%s', async (_, template, message) => {
    await expectError(app(template()), message);
  });

  test('have conditions of conditions, twice 60 times, are no matter', async () => {
    const conditions = Object.fromEntries(Array.from({ length: 60 }, (_, level) => [`C${level}`, { 'Fn::And': [{ Condition: `C${level + 1}` }, { Condition: `C${level + 1}` }] }]));
    await expectError(app({ Conditions: { ...conditions, C60: { 'Fn::Equals': ['a', 'a'] } }, Resources: { R: { ...role({}), Condition: 'C0' } } }), /the app has no HeavyBatchJob/);
  });

  test.each(['${', '${!', '/Resource'])('have many %s, are no matter', async (text) => {
    const many = text.repeat(50_000);
    await expectError(app({ Resources: { R: { ...role({ 'Fn::Sub': many }), Metadata: { 'aws:cdk:path': `${many}x` } } } }), /the app has no HeavyBatchJob/);
  });

  test.each(['constructor', '__proto__', 'toString'])('refer to %s, are no matter', async (name) => {
    await expectError(app({ Resources: { M: machine({ Ref: name }) } }), /resource|not JSON|cannot be read|cannot be resolved/);
  });
});

test('a name that would change the terminal is shown', async () => {
  await expectError(written({ 'manifest.json': { artifacts: { '\u001b[2J\u0007App': stack({ properties: {} }) } } }), /the artifact \\u001b\[2J\\u0007App without 'templateFile'/);
});

test('assets outside of the app are an error of the job that has them, and of no other', async () => {
  const { jobDefinitions: [definition] } = oneJob();
  const source = path.dirname(definition.image!.directory);
  const copyWith = (directory: string) => {
    const app = temporary();
    fs.cpSync(source, app, { recursive: true });
    const assets = JSON.parse(fs.readFileSync(path.join(app, 'App.assets.json'), 'utf8'));
    for (const image of Object.values<any>(assets.dockerImages)) image.source.directory = directory;
    fs.writeFileSync(path.join(app, 'App.assets.json'), JSON.stringify(assets));
    return app;
  };
  const outside = temporary();
  for (const directory of [outside, path.join('..', path.basename(outside))]) {
    const app = copyWith(directory);
    expect(await heavyBatchHere('list', '--app', app)).toMatchObject({ code: 0, out: 'App/Job\n' });
    const { code, err } = await heavyBatchHere('run', '--app', app);
    expect([code, err]).toEqual([2, expect.stringMatching(/^heavy-batch: App\/Job\/Run cannot run: [^\n]*names "[^\n]*", which is not in [^\n]*; synthesize the app with its assets staged[^\n]*\n$/)]);
  }
});

test.each([
  ['Dockerfile', /the image in .* has the Dockerfile "Dockerfile", which is not in that directory/],
  ['.dockerignore', /\.dockerignore is a link that leads out of its directory/],
])('a %s that is a link out of its directory is not read', async (name, message) => {
  const { jobDefinitions: [definition] } = oneJob();
  const app = temporary();
  fs.cpSync(path.dirname(definition.image!.directory), app, { recursive: true });
  const secret = path.join(temporary(), 'secret');
  fs.writeFileSync(secret, 'FROM secret\n');
  const file = path.join(app, path.basename(definition.image!.directory), name);
  fs.rmSync(file, { force: true });
  fs.symlinkSync(secret, file);
  const { code, err } = await heavyBatchHere('run', '--app', app);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});
