// Factors a number, and writes the factors as the result of the run.
const fs = require('node:fs');

const number = BigInt(process.argv[2]);
const factors = [];
let rest = number;
for (let divisor = 2n; divisor * divisor <= rest && divisor < 2_000_000n; divisor += divisor === 2n ? 1n : 2n) {
  while (rest % divisor === 0n) {
    factors.push(String(divisor));
    rest /= divisor;
  }
}
if (rest > 1n) factors.push(String(rest));
console.log(`${number} = ${factors.join(' * ')}`);

const result = process.env.HEAVY_BATCH_RESULT;
if (result?.startsWith('/')) fs.writeFileSync(result, JSON.stringify({ factors })); // in AWS it is an S3 URI: see payloads-and-results
