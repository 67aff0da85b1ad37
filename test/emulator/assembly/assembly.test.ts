import * as fs from 'fs';
import * as path from 'path';
import { readAssembly } from '../../../emulator/assembly/assembly';
import { temporary } from '../apps';

const TEMPLATE = { Resources: {} };

/** Writes an assembly with the given artifacts and other files. */
function written(artifacts: object | undefined, files: Record<string, unknown> = {}, directory = temporary()): string {
  fs.mkdirSync(directory, { recursive: true });
  for (const [name, json] of Object.entries({ 'manifest.json': { artifacts }, 'App.template.json': TEMPLATE, ...files })) {
    fs.writeFileSync(path.join(directory, name), typeof json === 'string' ? json : JSON.stringify(json));
  }
  return directory;
}
const stackOf = (fields: object = {}, properties: object = {}) => ({
  type: 'aws:cloudformation:stack', environment: 'aws://111111111111/eu-west-1', properties: { templateFile: 'App.template.json', ...properties }, ...fields,
});

test('a stack is read with its place, its paths and its assets', () => {
  const destinations = (field: string) => ({ first: { [field]: 'one' }, second: { [field]: 'two' } });
  const directory = written({
    App: stackOf({
      displayName: 'Stage/App (Stage-App)',
      metadata: { '/Stage/App/Queue/Resource': [{ type: 'aws:cdk:warning', data: 'beware' }, { type: 'aws:cdk:logicalId', data: 'Queue' }], '/Stage/App': [{ type: 'aws:cdk:stack-tags', data: [] }] },
    }, { stackName: 'named' }),
    Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
  }, {
    'App.assets.json': {
      files: { f1: { source: { path: 'asset.f1', packaging: 'zip' }, destinations: destinations('objectKey') } },
      dockerImages: { i1: { source: { directory: 'asset.i1', dockerFile: 'Other', dockerBuildTarget: 'last' }, destinations: destinations('imageTag') } },
    },
  });
  expect(readAssembly(directory)).toEqual({
    directory,
    stacks: [{
      id: 'Stage/App',
      stackName: 'named',
      account: '111111111111',
      region: 'eu-west-1',
      template: TEMPLATE,
      paths: { Queue: 'Stage/App/Queue/Resource' },
      fileAssets: { f1: { directory: path.join(directory, 'asset.f1'), objectKeys: ['one', 'two'] } },
      images: { i1: { directory: path.join(directory, 'asset.i1'), dockerFile: 'Other', dockerBuildTarget: 'last', imageTags: ['one', 'two'] } },
    }],
  });
});

test('a stack without an account, a Region, names and assets has the usual ones', () => {
  const directory = written({ App: stackOf({ environment: 'aws://unknown-account/unknown-region' }) });
  expect(readAssembly(directory).stacks).toEqual([
    { id: 'App', stackName: 'App', account: '123456789012', region: 'us-east-1', template: TEMPLATE, paths: {}, fileAssets: {}, images: {} },
  ]);
});

test('a list of assets may have neither files nor images', () => {
  expect(readAssembly(written({ App: stackOf() }, { 'App.assets.json': {} })).stacks[0]).toMatchObject({ fileAssets: {}, images: {} });
});

test('the construct paths may be in a file of their own', () => {
  const directory = written({ App: stackOf({ additionalMetadataFile: 'App.metadata.json' }) }, { 'App.metadata.json': { '/App/Q': [{ type: 'aws:cdk:logicalId', data: 'Q' }] } });
  expect(readAssembly(directory).stacks[0].paths).toEqual({ Q: 'App/Q' });
});

test('the stacks of a stage are read from its directory', () => {
  const directory = written({ Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } } });
  written({ App: stackOf() }, {}, path.join(directory, 'assembly-Stage'));
  expect(readAssembly(directory).stacks.map(({ id }) => id)).toEqual(['App']);
});

test('resources that are none, as macros leave them, are left out, and a template may have no resources at all', () => {
  const Queue = { Type: 'AWS::SQS::Queue' };
  const templateOf = (template: object) => readAssembly(written({ App: stackOf() }, { 'App.template.json': template })).stacks[0].template;
  expect(templateOf({ Transform: 'AWS::LanguageExtensions', Resources: { Queue, 'Fn::Transform': { Name: 'AWS::Include' }, 'Fn::ForEach::Q': ['N', ['a'], { '${N}': Queue }], 'Nothing': null } }))
    .toEqual({ Transform: 'AWS::LanguageExtensions', Resources: { Queue } });
  expect(templateOf({ Parameters: {} })).toEqual({ Parameters: {}, Resources: {} });
});

test('an asset that a program makes at deployment is left out', () => {
  const destinations = { here: { objectKey: 'k', imageTag: 't' } };
  const directory = written({ App: stackOf() }, { 'App.assets.json': { files: { f: { source: { executable: ['make'] }, destinations } }, dockerImages: { i: { source: { executable: ['docker'] }, destinations } } } });
  expect(readAssembly(directory).stacks[0]).toMatchObject({ fileAssets: {}, images: {} });
});

test('what is not known of the place of a stack is as usual', () => {
  expect(readAssembly(written({ App: stackOf({ environment: 'aws://unknown-account/eu-west-1' }), Other: stackOf({ environment: '' }), None: stackOf({ environment: undefined }) })).stacks.map(({ account, region }) => [account, region]))
    .toEqual([['123456789012', 'eu-west-1'], ['123456789012', 'us-east-1'], ['123456789012', 'us-east-1']]);
});

describe('nested stacks', () => {
  const asset = (file: string, objectKey: string) => ({ source: { path: file, packaging: 'file' }, destinations: { here: { objectKey } } });
  const nested = (url: unknown, more: object = {}) => ({ Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: url }, ...more });
  const logicalId = (data: string) => [{ type: 'aws:cdk:logicalId', data }];
  const stacksOf = (resources: object, files: Record<string, unknown> = {}, metadata: object = {}) => readAssembly(written({ App: stackOf({ metadata }) }, {
    'App.template.json': { Resources: resources },
    'App.assets.json': { files: { n: asset('N.json', 'n.json'), m: asset('M.json', 'folder/m.json') } },
    'N.json': { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } },
    'M.json': { Resources: { Inner: nested({ 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::Region' }, '/bucket/n.json']] }) } },
    ...files,
  })).stacks;

  test('are read below the stack that nests them, each with its own paths', () => {
    const stacks = stacksOf({ Nest: nested({ 'Fn::Sub': 'https://s3.${AWS::Region}.amazonaws.com/bucket/folder/m.json' }), Queue: { Type: 'AWS::SQS::Queue' } }, {}, {
      '/App/Queue/Resource': logicalId('Queue'),
      '/App/M.NestedStack/M.NestedStackResource': logicalId('Nest'),
      '/App/M/N.NestedStack/N.NestedStackResource': logicalId('Inner'),
      '/App/M/N/Queue/Resource': logicalId('Queue'),
    });
    expect(stacks.map(({ id, stackName, paths, parent }) => [id, stackName, paths, parent?.stack.id, parent?.logicalId])).toEqual([
      ['App', 'App', { Queue: 'App/Queue/Resource', Nest: 'App/M.NestedStack/M.NestedStackResource' }, undefined, undefined],
      ['App/M', 'App-Nest', { Inner: 'App/M/N.NestedStack/N.NestedStackResource' }, 'App', 'Nest'],
      ['App/M/N', 'App-Nest-Inner', { Queue: 'App/M/N/Queue/Resource' }, 'App/M', 'Inner'],
    ]);
    expect(new Set(stacks.map(({ account, region }) => `${account} ${region}`))).toEqual(new Set(['111111111111 eu-west-1']));
    expect(stacks[2].template.Resources).toEqual({ Queue: { Type: 'AWS::SQS::Queue' } });
  });

  test.each<[string, object, string[]]>([
    ['whose template is named by the metadata of the CDK CLI', nested({ Ref: 'UrlParameter' }, { Metadata: { 'aws:asset:path': 'N.json' } }), ['App', 'App/Nest']],
    ['whose template is not in the app', nested('https://s3.amazonaws.com/elsewhere/other.json'), ['App']],
    ['without a template', { Type: 'AWS::CloudFormation::Stack' }, ['App']],
  ])('%s', (_, Nest, ids) => {
    expect(stacksOf({ Nest }).map(({ id }) => id)).toEqual(ids);
  });
});

test('an app without artifacts has no stacks', () => {
  expect(readAssembly(written(undefined)).stacks).toEqual([]);
});

test.each<[string, () => string, RegExp]>([
  ['a directory without an app', () => temporary(), /^there is no synthesized app in .+: run 'npx cdk synth' first, or name the app's output directory with --app$/],
  ['a manifest that is not JSON', () => written({}, { 'manifest.json': '' }), /manifest\.json cannot be read as JSON \(.*JSON.*\): synthesize the app again$/],
  ['a manifest that is a list', () => written({}, { 'manifest.json': '[]' }), /manifest\.json is not an object of JSON: synthesize the app again$/],
  ['a stack with metadata of another kind', () => written({ App: stackOf({ metadata: { '/App': 3 } }) }), /manifest\.json has the artifact App, which cannot be read \(.*filter.*\): synthesize the app again$/],
  ['a stack without a template', () => written({ App: stackOf({ properties: undefined }) }), /manifest\.json has the artifact App without 'templateFile': synthesize the app again$/],
  ['a stage without a directory', () => written({ Stage: { type: 'cdk:cloud-assembly' } }), /manifest\.json has the artifact Stage without 'directoryName': synthesize the app again$/],
  ['a stage that is not there', () => written({ Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } } }), /^there is no synthesized app in .+assembly-Stage: run/],
  ['a template that is not there', () => written({ App: stackOf({}, { templateFile: 'Other.template.json' }) }), /Other\.template\.json cannot be read as JSON \(ENOENT.*\): synthesize the app again$/],
  ['a template that is null', () => written({ App: stackOf() }, { 'App.template.json': 'null' }), /App\.template\.json is not an object of JSON: synthesize the app again$/],
  ['a template that is not JSON', () => written({ App: stackOf() }, { 'App.template.json': '{' }), /App\.template\.json cannot be read as JSON \(.*JSON.*\): synthesize the app again$/],
])('%s is an error that says what to do', (_, directoryOf, message) => {
  expect(() => readAssembly(directoryOf())).toThrow(expect.objectContaining({ name: 'AssemblyError', message: expect.stringMatching(message) }));
});
