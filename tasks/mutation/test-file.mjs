// Runs the tests of one file in this process, with Jest's own parts and without its module registry: packages stay loaded, and only
// the files of the project are loaded again. This takes milliseconds where Jest takes seconds.
import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { jestExpect } from '@jest/expect';
import { ModernFakeTimers } from '@jest/fake-timers';
import { transformSync } from 'esbuild';
import * as circus from 'jest-circus';
import { ModuleMocker } from 'jest-mock';
import { SnapshotState } from 'jest-snapshot';
import { at, ROOT } from '../project.mjs';

const TEST_TIMEOUT_MS = 30_000;
const NO_ASSERTIONS = { assertionCalls: 0, numPassingAsserts: 0, expectedAssertionsNumber: null, isExpectingAssertions: false };
const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({ global: globalThis, config: { rootDir: ROOT, testEnvironment: 'node', fakeTimers: {} } });
const requireTest = createRequire(at('test', 'main.js'));
const transformed = new Map();
/** With which aws-sdk-client-mock replaces methods of the SDK. Jest loads the SDK for each file; here all files share it. */
const mockedClients = createRequire(requireTest.resolve('aws-sdk-client-mock'))('sinon');

/** What decides which tests run, and hears of them; set for each file. */
let observer;

/** Makes Node.js load TypeScript, and the given texts instead of the files with these paths. */
export function loadTypeScript(sources) {
  Module._extensions['.ts'] = (module, file) => {
    if (!transformed.has(file)) transformed.set(file, transform(file, sources[file] ?? fs.readFileSync(file, 'utf8')));
    module._compile(transformed.get(file), file);
  };
  Object.assign(globalThis, {
    ...circus.default,
    expect: jestExpect,
    jest: jestObject(),
  });
  circus.addEventHandler(hear);
  // Properties are tried with the same values each time, so that a mutant is killed or not, and never sometimes.
  requireTest('fast-check').configureGlobal({ seed: 1 });
}

/** https://jestjs.io/docs/jest-object: what is not here is a method of the mocks or of the timers. */
function jestObject() {
  const own = {
    requireActual: (name) => createRequire(observer.file)(name),
    setTimeout: (ms) => { circus.getState().testTimeout = ms; },
  };
  return new Proxy(own, { get: (_, name) => own[name] ?? mocker[name]?.bind(mocker) ?? timers[name]?.bind(timers) });
}

function transform(file, text) {
  return transformSync(text, { loader: 'ts', format: 'cjs', platform: 'node', target: 'node20', sourcefile: file, supported: { 'dynamic-import': false } }).code;
}

/**
 * Loads a file of tests and runs those that `select` says, given their number in the file, until one fails.
 * `onStart` and `onDone` hear of each test. Returns what failed, with the number of the test and whether it was stopped since it took
 * too long, or undefined.
 */
export async function runTestFile(file, { select = () => true, onStart = () => undefined, onDone = () => undefined, bail = true }) {
  const environment = { ...process.env };
  unloadProject(file);
  circus.resetState();
  circus.getState().testTimeout = TEST_TIMEOUT_MS;
  observer = { file, select, onStart, onDone, bail, failed: undefined, numbers: new Map() };
  jestExpect.setState({ testPath: file, snapshotState: snapshotsOf(file) });
  try {
    try {
      requireTest(file);
    } catch (error) {
      return { text: `${path.relative(ROOT, file)} cannot be loaded: ${error?.message}` };
    }
    numberTests(circus.getState().rootDescribeBlock);
    const { unhandledErrors } = await circus.run();
    if (unhandledErrors.length > 0) observer.failed ??= failureOf(path.relative(ROOT, file), unhandledErrors[0]);
    return observer.failed;
  } finally {
    timers.useRealTimers();
    mocker.restoreAllMocks();
    mockedClients.restore();
    process.env = environment;
  }
}

function unloadProject(testFile) {
  for (const file of Object.keys(requireTest.cache)) {
    if (file === testFile || (file.startsWith(`${ROOT}${path.sep}`) && !file.startsWith(at('node_modules')))) delete requireTest.cache[file];
  }
}

function snapshotsOf(file) {
  const snapshots = path.join(path.dirname(file), '__snapshots__', `${path.basename(file)}.snap`);
  const snapshotFormat = { escapeString: false, printBasicPrototype: false };
  return new SnapshotState(snapshots, { updateSnapshot: 'none', expand: false, rootDir: ROOT, prettierPath: null, snapshotFormat });
}

function numberTests(block) {
  for (const child of block.children) {
    if (child.type === 'test') observer.numbers.set(child, observer.numbers.size);
    else numberTests(child);
  }
}

function hear(event) {
  const { test } = event;
  if (event.name === 'test_start') {
    const number = observer.numbers.get(test);
    if ((observer.bail && observer.failed) || !observer.select(number)) test.mode = 'skip';
    else observer.onStart(number);
    mocker.clearAllMocks();
    jestExpect.setState({ ...NO_ASSERTIONS, suppressedErrors: [], currentTestName: nameOf(test) });
  }
  if (event.name === 'test_fn_success') {
    const { assertionCalls, expectedAssertionsNumber, isExpectingAssertions } = jestExpect.getState();
    const isWrong = (expectedAssertionsNumber ?? assertionCalls) !== assertionCalls || (isExpectingAssertions && assertionCalls === 0);
    if (isWrong) test.errors.push(new Error('it made another number of assertions than it expects'));
  }
  if (event.name === 'test_done') {
    const number = observer.numbers.get(test);
    if (test.errors.length > 0) observer.failed ??= failureOf(nameOf(test), test.errors[0], number);
    observer.onDone(number, test);
  }
}

/** `error` is an error, or an error and the one with the place of the test. Jest's own words say that a test or a hook took too long. */
function failureOf(name, error, number) {
  const [thrown] = [error].flat();
  const message = String(thrown?.message ?? thrown).split('\n')[0];
  return { text: `${name}: ${message}`, number, isLate: /^(thrown: ")?Exceeded timeout of .+ for a (test|hook)/.test(message) };
}

function nameOf(test) {
  const names = [];
  for (let current = test; current.parent; current = current.parent) names.unshift(current.name);
  return names.join(' ');
}
