// Counts the primes in one part of a range. Batch assigns the part.
const [parts, limit] = process.argv.slice(2).map(Number);
const index = Number(process.env.AWS_BATCH_JOB_ARRAY_INDEX ?? 0);
const [from, to] = [Math.floor(limit * index / parts), Math.floor(limit * (index + 1) / parts)];

const small = [];
for (let n = 2; n * n < to; n++) if (small.every((prime) => n % prime)) small.push(n);
const composite = new Uint8Array(to - from);
for (const prime of small) {
  for (let n = Math.max(prime * prime, Math.ceil(from / prime) * prime); n < to; n += prime) composite[n - from] = 1;
}
let count = 0;
for (let n = Math.max(from, 2); n < to; n++) if (!composite[n - from]) count++;

console.log(`${count} primes from ${from} to ${to}`);
