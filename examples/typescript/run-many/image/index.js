// Factors a number. The factors are the result of the run.
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
// The line that is the result of the run: `resultSource` of the job says so.
console.log(`::result ${JSON.stringify({ factors })}`);
