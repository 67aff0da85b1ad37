// A reporter for Jest: prints the tests that took the longest.
import path from 'node:path';

const SHOWN = 10;

export default class SlowestTests {
  onRunComplete(_, { testResults: files }) {
    const tests = files.flatMap(({ testFilePath, testResults }) => testResults
      .map(({ fullName, duration }) => ({ testFilePath, fullName, seconds: (duration ?? 0) / 1000 })));
    const slowest = tests.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
    console.log(`\nThe ${slowest.length} slowest of ${tests.length} tests:`);
    for (const { testFilePath, fullName, seconds } of slowest) {
      console.log(`${seconds.toFixed(1).padStart(6)} s  ${path.relative(process.cwd(), testFilePath)}: ${fullName}`);
    }
  }
}
