// What Jest reported about a run of the tests, in the file of `--json --outputFile`.
import fs from 'node:fs';

/**
 * The numbers of tests that passed and failed, and what is wrong: tests that failed, a file of an older run, test files that did not report,
 * tests that were skipped. A test file without a report counts as a test that failed.
 */
export function readTestReport(file, { startedAt, testFiles }) {
  if (!fs.existsSync(file)) return { passed: 0, failed: 1, problems: ['Jest wrote no report'] };
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0, startTime = 0, testResults = [] } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const reported = new Set(testResults.filter(({ assertionResults }) => assertionResults.length > 0).map(({ name }) => name));
  const silent = testFiles.filter((name) => !reported.has(name));
  const failures = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'failed');
  const problems = [
    ...failures.map(({ fullName }) => `failed: ${fullName}`),
    ...startTime < startedAt ? ['the report is of an older run'] : [],
    ...testFiles.length === 0 || numPassedTests === 0 ? ['no test passed'] : [],
    ...silent.map((name) => `${name} reported no test`),
    ...numPendingTests + numTodoTests > 0 ? [`${numPendingTests + numTodoTests} tests were skipped`] : [],
  ];
  return startTime < startedAt
    ? { passed: 0, failed: 1, problems }
    : { passed: numPassedTests, failed: numFailedTests + silent.length, problems };
}
