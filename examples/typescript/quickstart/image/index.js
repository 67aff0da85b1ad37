// A job that is too heavy for an API call: it generates a CSV file of taxi trips, sorts it on disk, and prints statistics. It needs only
// Node.js, and at most a few dozen megabytes of memory.
//
//   node index.js <megabytes>
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { createInterface } = require('node:readline');

const CITIES = ['Antwerp', 'Bergen', 'Cusco', 'Dakar', 'Esfahan', 'Florence', 'Granada', 'Hanoi', 'Izmir', 'Jaipur', 'Kyoto', 'Lagos'];
const TRIPS_A_BLOCK = 1_000;
const TRIPS_A_CHUNK = 400_000;
const STEPS = 3;

main().catch((error) => {
  console.error(`failed: ${error.message}`);
  process.exit(1);
});

async function main() {
  const megabytes = Number(process.argv[2]);
  if (!(megabytes > 0 && megabytes <= 10_000)) {
    console.error(`usage: node index.js <megabytes, 1 to 10000>, not '${process.argv[2] ?? ''}'`);
    process.exit(2);
  }
  const scratch = fs.mkdtempSync(path.join(process.env.HEAVY_BATCH_SCRATCH ?? os.tmpdir(), 'trips-'));
  process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
  // AWS Batch sends SIGTERM 30 seconds before SIGKILL: when the job is terminated, or when it runs for too long.
  process.on('SIGTERM', () => {
    console.log('SIGTERM: cleaning up');
    process.exit(143);
  });

  const csv = path.join(scratch, 'trips.csv');
  const trips = await generate(csv, megabytes * 1024 * 1024);
  const chunks = await sortChunks(csv, scratch, trips);
  console.log(`::result ${JSON.stringify(await aggregate(chunks, trips))}`);
}

/** Writes trips until the file has the given size. The same size always gives the same trips. */
async function generate(file, bytes) {
  const out = fs.createWriteStream(file, { highWaterMark: 1 << 20 });
  const report = progress('generated', 0, bytes, 'MB', 1024 * 1024);
  let seed = 42;
  const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x80000000;
  let written = 0;
  let trips = 0;
  while (written < bytes) {
    let lines = '';
    for (let line = 0; line < TRIPS_A_BLOCK; line++) {
      const city = CITIES[Math.floor(random() * CITIES.length)];
      const second = String(Math.floor(random() * 31_536_000)).padStart(8, '0');
      const share = random();
      const metres = Math.floor(share * share * share * 80_000);
      const cents = 300 + Math.floor(metres * (1 + random()) / 10);
      lines += `${city},${second},${metres},${cents}\n`;
    }
    trips += TRIPS_A_BLOCK;
    written += lines.length;
    report(written);
    if (!out.write(lines)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return trips;
}

/** Splits the file into chunks that fit into memory, and sorts each of them. */
async function sortChunks(file, scratch, trips) {
  const report = progress('sorted', 1, trips, 'trips', 1);
  const chunks = [];
  let lines = [];
  let done = 0;
  const flush = () => {
    lines.sort();
    const chunk = path.join(scratch, `chunk-${chunks.length}.csv`);
    fs.writeFileSync(chunk, `${lines.join('\n')}\n`);
    chunks.push(chunk);
    done += lines.length;
    lines = [];
    report(done);
  };
  for await (const line of createInterface({ input: fs.createReadStream(file, { highWaterMark: 1 << 20 }) })) {
    if (lines.push(line) === TRIPS_A_CHUNK) flush();
  }
  if (lines.length > 0) flush();
  fs.rmSync(file);
  return chunks;
}

/** Merges the sorted chunks, and computes the statistics of each city. */
async function aggregate(chunks, trips) {
  const report = progress('merged', 2, trips, 'trips', 1);
  const cities = [];
  let city;
  let fares = [];
  let done = 0;
  for await (const line of merge(chunks)) {
    const [ofLine, , , cents] = line.split(',');
    if (ofLine !== city) {
      if (city) cities.push(statistics(city, fares));
      city = ofLine;
      fares = [];
    }
    fares.push(Number(cents));
    if (++done % 100_000 === 0) report(done);
  }
  cities.push(statistics(city, fares));
  report(done);
  return { trips: done, cities };
}

/** In whole units of money, but for the median and the 95th percentile. */
function statistics(city, fares) {
  const sorted = Float64Array.from(fares).sort();
  const at = (percent) => sorted[Math.floor(sorted.length * percent / 100)] / 100;
  const total = sorted.reduce((sum, cents) => sum + cents, 0);
  return { city, trips: sorted.length, total: Math.floor(total / 100), median: at(50), p95: at(95) };
}

async function* merge(files) {
  const readers = files.map((file) => createInterface({ input: fs.createReadStream(file, { highWaterMark: 1 << 20 }) })[Symbol.asyncIterator]());
  const heads = await Promise.all(readers.map(async (reader) => ({ reader, line: (await reader.next()).value })));
  for (;;) {
    let least;
    for (const head of heads) if (head.line !== undefined && (least === undefined || head.line < least.line)) least = head;
    if (least === undefined) return;
    yield least.line;
    least.line = (await least.reader.next()).value;
  }
}

/** Prints the progress every two seconds, and the end of a step. `index` counts the steps. */
function progress(step, index, total, unit, size) {
  const started = Date.now();
  let printed = started;
  return (done) => {
    const now = Date.now();
    if (now - printed < 2_000 && done < total) return;
    printed = now;
    const [part, all] = [Math.min(done, total), total].map((amount) => Math.floor(amount / size).toLocaleString('en'));
    const percentage = Math.floor((index + Math.min(1, done / total)) / STEPS * 100);
    console.log(`::progress ${percentage} ${step} ${part} of ${all} ${unit} (${((now - started) / 1000).toFixed(1)} s)`);
  };
}
