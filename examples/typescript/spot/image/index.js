// Counts the primes up to a limit, and saves its progress when it gets SIGTERM: AWS announces the end of a Spot instance two minutes before.
//
//   node index.js <limit>
const fs = require('node:fs');
const path = require('node:path');

const limit = Number(process.argv[2]);
if (!(limit >= 2)) {
  console.error('usage: node index.js <limit>');
  process.exit(2);
}
// A file of the container is deleted with its instance. Write it to S3, or to a file system, to keep it.
const file = path.join(process.env.HEAVY_BATCH_FILE_SYSTEM ?? process.env.HEAVY_BATCH_SCRATCH ?? '/tmp', `primes-${process.env.HEAVY_BATCH_RUN_ID ?? 'local'}.json`);
const state = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { at: 2, primes: 0 };
console.log(`round ${process.env.HEAVY_BATCH_ROUND ?? 1}, attempt ${process.env.AWS_BATCH_JOB_ATTEMPT ?? 1}: from ${state.at}`);

let ending = false;
process.on('SIGTERM', () => { ending = true; });

const isPrime = (number) => {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
};
function work() {
  const until = Math.min(state.at + 100_000, limit + 1);
  for (; state.at < until; state.at++) if (isPrime(state.at)) state.primes++;
  if (ending) {
    fs.writeFileSync(file, JSON.stringify(state));
    console.log(`SIGTERM: saved at ${state.at}`);
    process.exit(143);
  }
  if (state.at <= limit) return setImmediate(work);
  fs.rmSync(file, { force: true });
  console.log(`result ${JSON.stringify({ limit, primes: state.primes })}`);
}
work();
