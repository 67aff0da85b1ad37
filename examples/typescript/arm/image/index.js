// Counts the primes below a number on all CPUs of the container.
const os = require('node:os');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

/** The primes of one segment, found with the primes up to its square root. */
function count({ from, to, small }) {
  const composite = new Uint8Array(to - from);
  for (const prime of small) {
    for (let at = Math.max(prime * prime, Math.ceil(from / prime) * prime); at < to; at += prime) composite[at - from] = 1;
  }
  return composite.reduce((primes, one) => primes + (one ? 0 : 1), 0);
}

function sieve(below) {
  const composite = new Uint8Array(below);
  const primes = [];
  for (let number = 2; number < below; number++) {
    if (composite[number]) continue;
    primes.push(number);
    for (let at = number * number; at < below; at += number) composite[at] = 1;
  }
  return primes;
}

async function main(below) {
  if (!Number.isInteger(below) || below < 10) throw new Error(`'below' is ${process.argv[2]}; use a whole number from 10`);
  const started = Date.now();
  const small = sieve(Math.ceil(Math.sqrt(below)) + 1);
  const size = 4_000_000;
  const segments = [];
  for (let from = 2; from < below; from += size) segments.push({ from, to: Math.min(from + size, below), small });
  const total = segments.length;
  let primes = 0;
  let done = 0;
  const cpus = os.availableParallelism();
  await Promise.all(Array.from({ length: Math.min(cpus, total) }, () => new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: 'segments' });
    const next = () => segments.length > 0 ? worker.postMessage(segments.shift()) : worker.terminate().then(resolve);
    worker.on('message', (found) => {
      primes += found;
      if (++done % 5 === 0 || done === total) console.log(`${done} of ${total} segments (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      next();
    });
    worker.on('error', reject);
    next();
  })));
  console.log(`${process.arch}, ${cpus} CPUs: ${primes} primes below ${below}`);
}

if (isMainThread) {
  main(Number(process.argv[2])).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
} else if (workerData === 'segments') {
  parentPort.on('message', (segment) => parentPort.postMessage(count(segment)));
}
