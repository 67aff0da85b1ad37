// Counts the distinct lines of a text that is larger than memory: the hash of a line selects one of many files, and each file is counted alone.
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { createInterface } = require('node:readline');

const FILES = 64;

/** FNV-1a: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function hash(text) {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  return value >>> 0;
}

/** Generated visits of a web site. They are the same in each run. */
function* visits(megabytes) {
  let seed = 7;
  const random = (most) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * most);
  };
  for (let bytes = 0; bytes < megabytes * 1_000_000;) {
    const line = `10.${random(40)}.${random(250)}.${random(250)} GET /page/${random(30)}`;
    bytes += line.length + 1;
    yield line;
  }
}

async function main(megabytes) {
  if (!(megabytes > 0)) throw new Error(`'megabytes' is ${process.argv[2]}; use a number above 0`);
  const scratch = fs.mkdtempSync(path.join(process.env.HEAVY_BATCH_SCRATCH ?? '/tmp', 'distinct-'));
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const files = Array.from({ length: FILES }, (_, index) => fs.createWriteStream(path.join(scratch, `${index}.txt`)));
  let lines = 0;
  for (const line of visits(megabytes)) {
    const file = files[hash(line) % FILES];
    if (!file.write(`${line}\n`)) await once(file, 'drain');
    if (++lines % 1_000_000 === 0) console.log(`${lines} lines written (${seconds()})`);
  }
  await Promise.all(files.map((file) => once(file.end(), 'finish')));

  let distinct = 0;
  for (const file of files) {
    const seen = new Set();
    for await (const line of createInterface({ input: fs.createReadStream(file.path) })) seen.add(line);
    distinct += seen.size;
    fs.rmSync(file.path);
  }
  fs.rmdirSync(scratch);
  console.log(`${distinct} distinct of ${lines} lines, by way of ${FILES} files in ${process.env.HEAVY_BATCH_SCRATCH ?? '/tmp'} (${seconds()})`);
}

main(Number(process.argv[2])).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
