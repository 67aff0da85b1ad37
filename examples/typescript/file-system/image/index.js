// Factors a number with a table of primes that all runs share. The first run writes the table, and the others find it.
const fs = require('node:fs');
const path = require('node:path');

const BELOW = 5_000_000;

function sieve(below) {
  const composite = new Uint8Array(below);
  const primes = [];
  for (let number = 2; number < below; number++) {
    if (composite[number]) continue;
    primes.push(number);
    for (let at = number * number; at < below; at += number) composite[at] = 1;
  }
  return Uint32Array.from(primes);
}

/** The table is written to another file and then renamed, so that a run never finds an incomplete table. */
function primeTable(directory) {
  const file = path.join(directory, `primes-below-${BELOW}`);
  if (fs.existsSync(file)) {
    console.log(`found ${file}`);
    const bytes = fs.readFileSync(file);
    return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }
  const primes = sieve(BELOW);
  const aside = `${file}.${process.pid}`;
  fs.writeFileSync(aside, Buffer.from(primes.buffer));
  fs.renameSync(aside, file);
  console.log(`made ${file}: ${primes.length} primes`);
  return primes;
}

function factors(number, primes) {
  const found = [];
  let rest = number;
  for (const prime of primes) {
    if (prime * prime > rest) break;
    while (rest % prime === 0) {
      found.push(prime);
      rest /= prime;
    }
  }
  if (rest > BELOW ** 2) throw new Error(`${number} has a factor that the table is too small for`);
  return rest > 1 ? [...found, rest] : found;
}

const number = Number(process.argv[2]);
if (!Number.isSafeInteger(number) || number < 2) {
  console.error(`'number' is ${process.argv[2]}; use a whole number from 2 to ${Number.MAX_SAFE_INTEGER}`);
  process.exitCode = 1;
} else {
  console.log(`${number} = ${factors(number, primeTable(process.env.HEAVY_BATCH_FILE_SYSTEM ?? '.')).join(' * ')}`);
}
