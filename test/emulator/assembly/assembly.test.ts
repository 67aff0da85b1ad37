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

test('an app without artifacts has no stacks', () => {
  expect(readAssembly(written(undefined)).stacks).toEqual([]);
});

test.each<[string, () => string, RegExp]>([
  ['a directory without an app', () => temporary(), /^there is no synthesized app in .+: run 'npx cdk synth' first, or name the app's output directory with --app$/],
  ['a template that is not JSON', () => written({ App: stackOf() }, { 'App.template.json': '{' }), /App\.template\.json cannot be read as JSON \(.*JSON.*\): synthesize the app again$/],
])('%s is an error that says what to do', (_, directoryOf, message) => {
  expect(() => readAssembly(directoryOf())).toThrow(expect.objectContaining({ name: 'AssemblyError', message: expect.stringMatching(message) }));
});
