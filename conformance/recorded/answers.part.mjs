// The recorded answers of SQS, Lambda and Step Functions. Each replay makes the calls of a recorded test; every answer must be as recorded.
import fs from 'node:fs';
import path from 'node:path';
import { loadEmulator, withApp } from './app.mjs';
import { DIFFERENCES } from './differences.mjs';
import { EVENT_SOURCE_MAPPINGS, EVENT_SOURCE_MAPPINGS_NOT_REPLAYED } from './event-source-mappings.mjs';
import { NOT_REPLAYED_FILES } from './not-replayed.mjs';
import { differences, readSnapshots } from './snapshots.mjs';
import { SQS, SQS_NOT_REPLAYED } from './sqs.mjs';
import { STEP_FUNCTIONS_API, STEP_FUNCTIONS_API_NOT_REPLAYED } from './step-functions-api.mjs';

const REPLAYS = [...SQS, ...EVENT_SOURCE_MAPPINGS, ...STEP_FUNCTIONS_API];

/** Reasons by file, then by a pattern for the names of tests. */
const NOT_REPLAYED = {
  ...NOT_REPLAYED_FILES,
  'sqs--test_sqs': SQS_NOT_REPLAYED,
  'lambda_--event_source_mapping--test_lambda_integration_sqs': EVENT_SOURCE_MAPPINGS_NOT_REPLAYED,
  'stepfunctions--v2--test_sfn_api': STEP_FUNCTIONS_API_NOT_REPLAYED,
};

/** In a self-test: breaks of the emulator, and the recorded test that must notice. */
const BREAKS = {
  'the size of a batch is not told': {
    test: 'TestSqsProvider::test_send_message_batch_with_oversized_contents[sqs]', file: 'emulator/services/sqs/sqs.ts', from: ' You have sent ${size} bytes.', to: '',
  },
  'a dead letter has never been received': {
    test: 'TestSqsProvider::test_dead_letter_queue_message_attributes', file: 'emulator/services/sqs/sqs.ts', from: '{ ...message, deadLetterQueueSourceArn', to: '{ ...message, receiveCount: 0, deadLetterQueueSourceArn',
  },
  'a batch is received again as a whole, whatever was reported': {
    test: 'test_report_batch_item_failures',
    file: 'emulator/services/lambda/event-source-mapping.ts',
    from: 'new Set(wellFormed ? failures.map((failure) => failure!.itemIdentifier) : ids)',
    to: 'new Set(ids)',
  },
  'a name starts a second execution with another input': {
    test: 'TestSnfApi::test_start_execution_idempotent', file: 'emulator/states/step-functions.ts', from: 'JSON.stringify(existing.input) === JSON.stringify(input)', to: 'true',
  },
};

export async function checkAnswers(findings, directory, { selfTest }) {
  const snapshots = readSnapshots(directory);
  const snapshotOf = (replay) => snapshots.find(({ file, test }) => file === replay.file && test === replay.test);
  if (selfTest) {
    await playBreaks(findings, snapshotOf);
    return;
  }
  const emulator = await loadEmulator();
  const usedDifferences = new Set();
  for (const replay of REPLAYS) {
    const snapshot = snapshotOf(replay);
    if (findings.check(snapshot, `${replay.file} has no test ${replay.test}`)) await checkReplay(findings, emulator, replay, snapshot, usedDifferences);
  }
  findings.explained(DIFFERENCES.flatMap(({ tests, path: field, reason }) => tests.map((test) => ({ name: `${test} ${field}`, reason, isUsed: usedDifferences.has(`${test} ${field}`) }))));
  checkCoverage(findings, snapshots, executionTests(directory));
}

async function playBreaks(findings, snapshotOf) {
  for (const [title, { test, ...change }] of Object.entries(BREAKS)) {
    findings.broken(title, /, recorded .*: AWS answered /);
    const replay = REPLAYS.find((candidate) => candidate.test === test);
    await checkReplay(findings, await loadEmulator(change), replay, snapshotOf(replay), new Set(), `${title}: `);
  }
}

async function checkReplay(findings, emulator, replay, { test, recordedDate, content }, usedDifferences, title = '') {
  let answers;
  try {
    answers = await withApp(emulator, replay, replay.replay);
  } catch (error) {
    findings.failed(`${title}${test} failed: ${error.stack}`);
    return;
  }
  const names = new Map();
  for (const [key, answer] of Object.entries(answers)) {
    let unexplained = 0;
    for (const { path: field, expected, actual } of differences(fieldOf(content, key), answer, names, key)) {
      const known = DIFFERENCES.find((difference) => difference.tests.includes(test) && new RegExp(`^${difference.path}$`).test(field));
      if (known) usedDifferences.add(`${test} ${known.path}`);
      else if (++unexplained) findings.failed(`${title}${test}, recorded ${recordedDate}, ${field}: AWS answered ${JSON.stringify(expected)}, the emulator ${JSON.stringify(actual)}`);
    }
    if (unexplained === 0) findings.passed();
  }
  const replayed = new Set([...Object.keys(answers).map((key) => key.split(/[.[]/)[0]), ...Object.keys(replay.notReplayed ?? {})]);
  findings.check(Object.keys(content).every((key) => replayed.has(key)), `${test}: ${Object.keys(content).filter((key) => !replayed.has(key))} is neither replayed nor explained`);
  findings.check([...replayed].every((key) => key in content), `${test}: ${[...replayed].filter((key) => !(key in content))} is not in the recording`);
}

/** `first_attempt.Messages[0].Body` */
function fieldOf(content, field) {
  return field.replaceAll('[', '.').replaceAll(']', '').split('.').reduce((value, name) => value?.[name], content);
}

/** The tests whose executions the interpreter runs. */
function executionTests(directory) {
  const tests = ['executions.json', 'executions-with-tasks.json'].flatMap((name) => JSON.parse(fs.readFileSync(path.join(directory, name), 'utf8')));
  return new Set(tests.map(({ test }) => test.slice(test.indexOf('::') + 2).replace(/#\d+$/, '')));
}

/** Every recorded test is replayed, or there is a reason why not. */
function checkCoverage(findings, snapshots, executions) {
  const counts = new Map();
  const ofExecutions = snapshots.filter(({ file, test }) => file.startsWith('stepfunctions') && executions.has(test));
  console.log(`${ofExecutions.length} tests are in the files of executions`);
  for (const { file, test } of snapshots.filter((snapshot) => !ofExecutions.includes(snapshot))) {
    if (REPLAYS.some((replay) => replay.file === file && replay.test === test)) continue;
    const [pattern, reason] = Object.entries(NOT_REPLAYED[file] ?? {}).find(([candidate]) => new RegExp(candidate).test(test)) ?? [];
    if (findings.check(reason, `${file} ${test} is neither replayed nor explained`)) counts.set(`${file} ${pattern}`, [(counts.get(`${file} ${pattern}`)?.[0] ?? 0) + 1, reason]);
  }
  for (const [file, reasons] of Object.entries(NOT_REPLAYED)) {
    for (const pattern of Object.keys(reasons)) findings.check(counts.has(`${file} ${pattern}`), `${file} ${pattern} is explained but does not occur: remove the explanation`);
  }
  const byReason = new Map();
  for (const [count, reason] of counts.values()) byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  for (const [reason, count] of byReason) console.log(`not replayed, ${count} tests: ${reason}`);
  console.log(`${REPLAYS.length} recorded tests replayed`);
}
