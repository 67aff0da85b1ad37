// A reporter for Jest: says which tests took the longest.
const SHOWN = 10;

export default class SlowestTests {
  onRunComplete(_, { testResults }) {
    const tests = testResults.flatMap(({ testFilePath, testResults: results }) => results.map(({ fullName, duration }) => ({ testFilePath, fullName, duration: duration ?? 0 })));
    const slowest = tests.sort((a, b) => b.duration - a.duration).slice(0, SHOWN);
    console.log(`\nThe ${slowest.length} slowest of ${tests.length} tests:`);
    for (const { testFilePath, fullName, duration } of slowest) {
      console.log(`${(duration / 1000).toFixed(1).padStart(6)} s  ${testFilePath.replace(`${process.cwd()}/`, '')}: ${fullName}`);
    }
  }
}
