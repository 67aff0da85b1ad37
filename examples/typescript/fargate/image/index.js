// Draws a square picture with a given side length in pixels, and scales it down to a thumbnail with an eighth of the length.
//
//   node index.js <pixels>
const crypto = require('node:crypto');

const size = Number(process.argv[2]);
if (!(size >= 8 && size <= 16_384 && size % 8 === 0)) {
  console.error('usage: node index.js <pixels, a multiple of 8 up to 16384>');
  process.exit(2);
}
const picture = Buffer.alloc(size * size);
for (let y = 0; y < size; y++) {
  for (let x = 0; x < size; x++) picture[y * size + x] = 128 + 127 * Math.sin(Math.hypot(x - size / 2, y - size / 2) / 9);
}
console.log(`drew ${size} x ${size}`);
const small = size / 8;
const thumbnail = Buffer.alloc(small * small);
for (let y = 0; y < small; y++) {
  for (let x = 0; x < small; x++) {
    let sum = 0;
    for (let dy = 0; dy < 8; dy++) for (let dx = 0; dx < 8; dx++) sum += picture[(8 * y + dy) * size + 8 * x + dx];
    thumbnail[y * small + x] = sum / 64;
  }
}
console.log(`result ${JSON.stringify({ thumbnail: `${small} x ${small}`, sha256: crypto.createHash('sha256').update(thumbnail).digest('hex') })}`);
