// A job that is too heavy for an API call: it generates a CSV file of some hundred megabytes, sorts it on disk, and prints statistics.
// It needs only Node.js, and at most a few dozen megabytes of memory.
//
//   node index.js <megabytes>
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { createInterface } = require('node:readline');

const CITIES = ['Antwerp', 'Bergen', 'Cusco', 'Dakar', 'Esfahan', 'Florence', 'Granada', 'Hanoi', 'Izmir', 'Jaipur', 'Kyoto', 'Lagos'];
const LINES_A_CHUNK = 400_000;

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
  // The image sets SCRATCH to a directory with enough space. Without it, the temporary directory of the machine is used.
  const scratch = fs.mkdtempSync(path.join(fs.existsSync(process.env.SCRATCH ?? '') ? process.env.SCRATCH : os.tmpdir(), 'trips-'));
  const cleanUp = () => fs.rmSync(scratch, { recursive: true, force: true });
  process.on('exit', cleanUp);
  process.on('SIGTERM', () => {
    console.log('SIGTERM: cleaning up');
    process.exit(143);
  });

  const csv = path.join(scratch, 'trips.csv');
  const trips = await generate(csv, megabytes * 1024 * 1024);
  const chunks = await sortChunks(csv, scratch, trips);
  const result = await aggregate(chunks, trips);
  console.log(`result ${JSON.stringify(result)}`);
}

/** Writes trips until the file has the given size. The same size always gives the same trips. */
async function generate(file, bytes) {
  const out = fs.createWriteStream(file, { highWaterMark: 1 << 20 });
  const report = progress('generated', bytes, 'MB', 1024 * 1024);
  let seed = 42;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  let written = 0;
  let trips = 0;
  while (written < bytes) {
    let lines = '';
    for (let line = 0; line < 1_000; line++) {
      const distance = (random() ** 3 * 80).toFixed(2);
      const fare = (3 + distance * (1 + random())).toFixed(2);
      lines += `${CITIES[Math.floor(random() * CITIES.length)]},${String(Math.floor(random() * 31_536_000)).padStart(8, '0')},${distance},${fare}\n`;
    }
    trips += 1_000;
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
  const report = progress('sorted', trips, 'trips', 1);
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
    if (lines.push(line) === LINES_A_CHUNK) flush();
  }
  if (lines.length > 0) flush();
  fs.rmSync(file);
  return chunks;
}

/** Merges the sorted chunks, and counts the trips of each city. */
async function aggregate(chunks, trips) {
  const report = progress('merged', trips, 'trips', 1);
  const cities = [];
  let fares = [];
  let done = 0;
  const close = () => {
    if (cities.length === 0) return;
    const sorted = Float64Array.from(fares).sort();
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    Object.assign(cities.at(-1), { trips: sorted.length, total: Math.round(sorted.reduce((a, b) => a + b, 0)), median: at(0.5), p95: at(0.95) });
    fares = [];
  };
  for await (const line of merge(chunks)) {
    const [city, , , fare] = line.split(',');
    if (cities.at(-1)?.city !== city) {
      close();
      cities.push({ city });
    }
    fares.push(Number(fare));
    if (++done % 100_000 === 0) report(done);
  }
  close();
  return { trips: done, cities };
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

/** Prints the progress of a step every two seconds. */
function progress(step, total, unit, size) {
  const started = Date.now();
  let printed = started;
  return (done) => {
    const now = Date.now();
    if (now - printed < 2_000 && done < total) return;
    printed = now;
    console.log(`${step} ${Math.floor(Math.min(done, total) / size).toLocaleString('en')} of ${Math.floor(total / size).toLocaleString('en')} ${unit} (${Math.min(100, Math.floor(done / total * 100))} %, ${((now - started) / 1000).toFixed(1)} s)`);
  };
}
