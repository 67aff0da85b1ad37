import { awscdk, TextFile } from 'projen';
import { AddBundleOptions, JestReporter, NodePackageManager, UpdateSnapshot } from 'projen/lib/javascript';
import { githubFiles } from './projenrc/github';

/** The Node.js that runs the functions: the newest that the lowest supported aws-cdk-lib knows. */
const LAMBDA_RUNTIME = new awscdk.LambdaRuntime('nodejs24.x', 'node20');

/** The SDK is in the bundle, so that what was tested is what runs. */
const LAMBDA_BUNDLING: Partial<AddBundleOptions> = { externals: [], minify: true, mainFields: ['module', 'main'] };

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-heavy-batch',
  description: 'An API call that is too heavy for an API, as a job on AWS Batch: one construct from an image directory to a finished run.',
  author: 'cdk-heavy-batch contributors',
  authorAddress: 'cdk-heavy-batch@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-heavy-batch/cdk-heavy-batch.git',
  keywords: ['aws', 'cdk', 'batch', 'stepfunctions', 'heavy', 'job', 'spot'],
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-heavy-batch contributors',
  stability: 'experimental',
  defaultReleaseBranch: 'main',

  // 2.247.0 is the first whose aws-batch job definitions take `skipDeregisterOnUpdate`, which keeps a deploy from breaking a run in flight.
  cdkVersion: '2.247.0',
  constructsVersion: '10.5.0',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20.16.0',
  packageManager: NodePackageManager.NPM,
  projenrcTs: true,
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: { compilerOptions: { allowJs: true, checkJs: false } },

  // What the functions and the command line need is bundled: users of other languages have no esbuild.
  devDeps: [
    '@aws-cdk/cloudformation-diff@2.187.5',
    '@aws-sdk/client-batch@3.1138.0',
    '@aws-sdk/client-cloudformation@3.1138.0',
    '@aws-sdk/client-cloudwatch-logs@3.1138.0',
    '@aws-sdk/client-dynamodb@3.1138.0',
    '@aws-sdk/client-ec2@3.1138.0',
    '@aws-sdk/client-eventbridge@3.1138.0',
    '@aws-sdk/client-iam@3.1138.0',
    '@aws-sdk/client-lambda@3.1138.0',
    '@aws-sdk/client-s3@3.1138.0',
    '@aws-sdk/s3-request-presigner@3.1138.0',
    '@aws-sdk/client-sfn@3.1138.0',
    '@aws-sdk/client-sqs@3.1138.0',
    '@aws-sdk/client-ssm@3.1138.0',
    '@aws-sdk/checksums@3.1002.6', // the checksums of Amazon S3, as the SDK computes them
    '@aws-sdk/lib-dynamodb@3.1138.0',
    '@balena/dockerignore@1.0.2', // what the CDK reads .dockerignore with; only tests compare with it
    '@cfworker/json-schema@4.1.6',
    '@jest/expect@^30', // mutation testing runs the tests with Jest's own parts
    '@jest/fake-timers@^30',
    '@smithy/core@3.41.0',
    '@smithy/signature-v4@5.7.5', // what the SDK signs with, and the emulator verifies with
    '@stryker-mutator/instrumenter@9.5.1', // 10 wants Node.js 22
    '@types/aws-lambda',
    'asl-validator@4.0.0',
    'amazon-states-language-service@1.16.1',
    'aws-cdk@2.1148.1', // npm's latest, 3.0.0, cannot read what aws-cdk-lib 2.276 writes
    'aws-sdk-client-mock@4.1.0',
    'axe-core@4.14.1', // finds what keeps people from using the web page
    'commander@14.0.3', // 15 wants Node.js 22
    'dynalite@4.0.0', // the DynamoDB of the emulator
    'eslint-plugin-jest@29.17.0',
    'fast-check@4.10.2',
    'hono@4.13.19',
    'jest-circus@^30',
    'jest-mock@^30',
    'jest-snapshot@^30',
    'lazy@file:emulator/services/dynamodb/lazy', // in the place of packages of these names, see the overrides
    'level@file:emulator/services/dynamodb/level',
    'picocolors@1.1.1',
    'playwright-core@1.65.1', // drives the Chromium of this machine
    'preact@10.29.8', // 11 is new, and the page needs nothing of it
    'tsx@4.23.15', // what the examples are run with: no tsconfig.json, and any TypeScript
    'valibot@1.5.0',
    'vscode-languageserver-textdocument@1.0.16',
    'yaml@2.9.1',
  ],
  lambdaOptions: {
    runtime: LAMBDA_RUNTIME,
    bundlingOptions: LAMBDA_BUNDLING,
  },

  publishToPypi: { distName: 'cdk-heavy-batch', module: 'cdk_heavy_batch' },
  publishToMaven: { javaPackage: 'io.github.cdkheavybatch', mavenGroupId: 'io.github.cdkheavybatch', mavenArtifactId: 'cdk-heavy-batch' },
  publishToNuget: { dotNetNamespace: 'CdkHeavyBatch', packageId: 'CdkHeavyBatch' },
  publishToGo: { moduleName: 'github.com/cdk-heavy-batch/cdk-heavy-batch-go', packageName: 'cdkheavybatch' },

  jestOptions: {
    jestVersion: '^30',
    configFilePath: 'jest.config.json',
    updateSnapshot: UpdateSnapshot.NEVER, // a snapshot that rewrites itself cannot fail
    junitReporting: false,
    passWithNoTests: false,
    jestConfig: {
      collectCoverage: false, // it doubles the time: `npm run coverage`
      coverageReporters: ['text', 'json-summary', 'lcov'],
      collectCoverageFrom: ['src/**/*.ts', 'emulator/**/*.ts', 'cli/**/*.ts', 'simulation/**/*.ts', '!src/**/*-function.ts', '!**/*.d.ts'],
      setupFiles: ['<rootDir>/test/v8-flags.ts'],
      testTimeout: 60_000,
      maxWorkers: '100%', // on two cores, Jest would use one
    },
  },
  eslintOptions: {
    dirs: ['src', 'emulator', 'cli', 'console'],
    devdirs: ['test', 'examples', 'bench', 'emulator', 'cli', 'console', 'simulation', 'conformance', 'tasks'],
    fileExtensions: ['.ts', '.tsx', '.mjs'],
    projectService: false,
    tsconfigPath: './tsconfig.dev.json',
    commandOptions: { fix: false }, // what is tested is what is committed
  },

  release: false,
  depsUpgrade: false,
  github: false, // projen's own workflows name package registries
  pullRequestTemplate: false,
  gitignore: ['/assets/', '/bin/', '/THIRD-PARTY-LICENSES.txt', '/sbom.cdx.json', '/cdk.out/', 'cdk.out/', '/.cache/', '/coverage/', '__pycache__/', '.venv/', 'target/', '.jsii.tabl.json'],
  npmignoreEnabled: false, // the package has a list of what it contains
  autoDetectBin: false,
  bin: { 'heavy-batch': 'bin/heavy-batch.js' },
});

new TextFile(project, '.npmrc', {
  marker: true,
  lines: ['omit-lockfile-registry-resolved=true', 'fund=false', 'audit=false', 'update-notifier=false'],
});

// An API stages its function with its OpenAPI document beside it, in src/api/api-document.ts: of what projen discovers, only the bundle is used.
project.tryRemoveFile('src/functions/api/api-function.ts');
project.gitignore.removePatterns('!/src/functions/api/api-function.ts');
project.gitattributes.removeAttributes('/src/functions/api/api-function.ts', 'linguist-generated');

// Tests and examples are checked as strictly as the library, but neither emitted nor part of the jsii module.
project.tsconfigDev.addExclude('cdk.out');
project.tsconfigDev.addExclude('examples/**/cdk.out');
// Of a browser: they have a tsconfig.json of their own.
project.tsconfigDev.addExclude('console');
project.tsconfigDev.addExclude('test/console');

// Import rules: imports go one way, and there is no cycle. https://github.com/import-js/eslint-plugin-import/blob/main/docs/rules/no-restricted-paths.md
const WINGS = ['contract', 'common', 'instances', 'compute', 'job', 'map', 'api'];
const FUNCTIONS = './src/functions/**/!(*-function).ts'; // projen generates the constructs of the functions beside them
const CDK = ['./node_modules/aws-cdk-lib', './node_modules/constructs'];
const BUNDLED = ['./node_modules/@aws-sdk', './node_modules/@smithy', './node_modules/valibot', './node_modules/hono', './node_modules/@cfworker'];
const except = (...allowed: string[]) => allowed.map((directory) => `./${directory}`);
project.eslint?.allowDevDeps('src/functions/**'); // bundled
project.eslint?.allowDevDeps('emulator/**');
project.eslint?.allowDevDeps('cli/**');
project.eslint?.allowDevDeps('console/**');
if (project.eslint) project.eslint.config.parserOptions.project = ['./tsconfig.dev.json', './console/tsconfig.json', './test/console/tsconfig.json'];
project.eslint?.allowDevDeps('simulation/**');
project.eslint?.addRules({
  '@stylistic/max-len': ['error', { code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true, ignoreRegExpLiterals: true }],
  'import/no-cycle': ['error', { ignoreExternal: true }],
  'import/no-restricted-paths': ['error', {
    zones: [
      // A wing imports itself and the wings before it. Only `compute` makes functions.
      ...WINGS.map((wing, index) => ({
        target: `./src/${wing}`,
        from: './src',
        except: except(...WINGS.slice(0, index + 1), ...wing === 'compute' ? ['functions/submit/submit-function.ts', 'functions/check/check-function.ts'] : []),
        message: `imports go down: ${WINGS.join(' < ')}`,
      })),
      { target: FUNCTIONS, from: './src', except: except('functions', 'contract'), message: 'what runs in AWS imports the contract, and nothing of the constructs' },
      { target: FUNCTIONS, from: CDK, message: 'what runs in AWS imports no CDK' },
      ...['submit', 'check', 'api', 'shared'].map((name) => ({
        target: `./src/functions/${name}`, from: './src/functions', except: except(...new Set([name, 'shared'])), message: 'the functions share what is in functions/shared',
      })),
      { target: ['./src/contract', './emulator', './cli', './console', './simulation'], from: CDK, message: 'no CDK here' },
      { target: [...WINGS.map((wing) => `./src/${wing}`), './src/*.ts'], from: BUNDLED, message: 'the constructs and the contract import nothing that has to be bundled' },
      { target: './src/*.ts', from: ['./src/functions', './src/testing'], message: 'only src/compute makes functions, and tests alone use the test kit' },
      { target: './src/testing', from: './', except: except('src/testing'), message: 'the client of the test kit needs nothing' },
      { target: './src', from: ['./emulator', './cli', './console', './simulation', './conformance', './bench', './test'], message: 'the library needs none of its tools' },
      { target: './emulator', from: './', except: except('emulator', 'src/contract', 'node_modules'), message: 'the emulator runs any app: it imports the contract, and nothing else of the library' },
      { target: './cli', from: './', except: except('cli', 'emulator', 'src/contract', 'node_modules'), message: 'the command line imports the emulator and the contract' },
      { target: './console', from: './', except: except('console', 'src/contract', 'node_modules'), message: 'the web page imports the contract' },
      { target: './simulation', from: './', except: except('simulation', 'emulator', 'src/contract', 'node_modules'), message: 'the simulation imports the emulator and the contract' },
    ],
  }],
});

// An example imports the library by its name.
project.eslint?.addOverride({ files: ['examples/**', 'test/languages/**', 'bench/**'], rules: { 'import/no-extraneous-dependencies': 'off' } });

// No test that cannot fail. https://github.com/jest-community/eslint-plugin-jest#rules
project.eslint?.addPlugins('jest');
project.eslint?.addOverride({
  files: ['test/**/*.test.ts'],
  rules: {
    ...Object.fromEntries([
      'no-alias-methods', 'no-commented-out-tests', 'no-conditional-expect', 'no-disabled-tests', 'no-done-callback', 'no-duplicate-hooks', 'no-export', 'no-focused-tests',
      'no-identical-title', 'no-standalone-expect', 'no-unneeded-async-expect-function', 'require-to-throw-message', 'valid-describe-callback', 'valid-expect',
      'valid-expect-in-promise', 'valid-title',
    ].map((rule) => [`jest/${rule}`, 'error'])),
    'jest/expect-expect': ['error', { assertFunctionNames: ['expect*', '**.has*', '**.resource*Is', '**.allResources*'] }],
  },
});

project.jest!.addReporter(new JestReporter('<rootDir>/tasks/slowest-tests.mjs'));
// Just under what the tests reach. What only a process of its own executes, such as the command line that ships, does not count.
project.jest!.config.coverageThreshold = {
  './src/*.ts': { lines: 98, branches: 98 },
  './src/common/': { lines: 98, branches: 94 },
  './src/compute/': { lines: 98, branches: 98 },
  './src/contract/': { lines: 90, branches: 95 },
  './src/functions/': { lines: 98, branches: 94 },
  './src/instances/': { lines: 98, branches: 97 },
  './src/job/': { lines: 97, branches: 97 },
  './src/map/': { lines: 98, branches: 93 },
  './src/api/': { lines: 98, branches: 95 },
  './emulator/': { lines: 94, branches: 88 },
  './cli/': { lines: 58, branches: 86 },
};
project.tsconfigDev.addInclude('.projenrc.ts');
['conformance', 'tasks'].forEach((directory) => project.tsconfigDev.addInclude(`${directory}/**/*.mjs`)); // linted with the types that there are
project.testTask.prependExec('tsc -p tsconfig.dev.json --noEmit && tsc -p console/tsconfig.json && tsc -p test/console/tsconfig.json');

// The command line: bundled, so that a pip or Maven user needs nothing.
const bundleCli = project.addTask('bundle:cli', {
  description: 'Bundle the command line into bin/',
  exec: 'esbuild cli/main.ts --bundle --platform=node --target=node20 --main-fields=module,main --log-level=warning --outfile=bin/heavy-batch.js',
});
project.preCompileTask.spawn(bundleCli);

// The web page of an API: one file, which the function of the API answers with.
const bundleConsole = project.addTask('bundle:console', {
  description: 'Bundle the web page into assets/console/',
  exec: 'node tasks/console.mjs',
});
project.preCompileTask.spawn(bundleConsole);

// What others wrote and the bundles contain.
const thirdParty = project.addTask('third-party', {
  description: 'Write the licences of what is bundled, and a bill of materials',
  exec: 'node tasks/third-party.mjs',
});
project.preCompileTask.spawn(thirdParty);

// Nothing ships that is not listed here. npm adds package.json, README and LICENSE: npm help package.json
project.package.addField('files', [
  '.jsii', 'lib/**/*.js', 'lib/**/*.d.ts', 'assets/functions/*/*.lambda/index.js', 'assets/console/index.html', 'bin/heavy-batch.js',
  'testing/package.json', 'testing/heavy_batch_testing.py', 'API.md', 'CHANGELOG.md', 'SECURITY.md', 'THIRD-PARTY-LICENSES.txt', 'sbom.cdx.json',
]);

// ECMAScript modules resolve no directory, so `cdk-heavy-batch/testing` has an entry here. testing/package.json is for older resolutions of TypeScript.
// All other files can be read as before.
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './testing': { types: './lib/testing/index.d.ts', default: './lib/testing/index.js' },
  './*': './*',
});

// What is bundled has no native code and has the text of its licence. dynalite opens files with `level`, which is native, and here it opens none. Its
// lists are from `lazy`, which has no text of its licence.
project.package.addField('overrides', { dynalite: { level: '$level', lazy: '$lazy' } });

// Warnings of jsii are errors, for example a name that is reserved in Python, Java, C# or Go.
project.compileTask.reset('jsii --fail-on-warnings');

// Every sample compiles, and is translated: jsii-pacmak takes the other languages' documentation from the result.
const samples = project.addTask('samples', {
  description: 'Compile the code samples of the README, the guides and the TSDoc, and translate them to the other languages',
  exec: 'node tasks/samples.mjs',
});
project.tasks.tryFind('package-all')!.prependSpawn(samples);

// jsii-pacmak would compile the Go module against the lowest aws-cdk-lib; `npm run languages` does it with the one that users install.
project.tasks.tryFind('package:go')!.reset('jsii-pacmak -v --target go --code-only');
// The C# project is generated everywhere, and packed where there is a dotnet.
project.tasks.tryFind('package:dotnet')!.reset('jsii-pacmak -v --target dotnet $(command -v dotnet > /dev/null || echo --code-only)');

// On a fresh clone nothing is installed: these prepare themselves.
const prepared = (command: string) => `node tasks/prepare.mjs && ${command}`;
project.package.setScript('test', prepared('projen test'));
project.package.setScript('coverage', prepared('jest --ci --coverage'));
project.package.setScript('test:shuffled', prepared('node tasks/shuffled-tests.mjs'));
project.package.setScript('test:quick', 'node tasks/prepare.mjs --quick && jest --testPathPatterns test/contract/ test/functions/ test/common/ test/instances/ test/compute/ test/job/');
project.package.setScript('bench', prepared('ts-node --transpile-only --project tsconfig.dev.json bench/main.ts'));
project.package.setScript('demo', prepared('node tasks/demo.mjs'));
project.package.setScript('simulation', prepared('node tasks/simulation.mjs'));
project.package.setScript('conformance', prepared('node conformance/main.mjs'));
project.package.setScript('mutation', 'node tasks/prepare.mjs --quick && node tasks/mutation.mjs');
project.package.setScript('screenshots', prepared('node tasks/screenshots.mjs'));
project.package.setScript('languages', prepared('node tasks/languages/main.mjs'));

githubFiles(project);

project.synth();
