// Estimates pi by throwing darts.
//
//   node index.js <darts>
const darts = Number(process.argv[2]);
if (!(darts > 0)) {
  console.error('usage: node index.js <darts>');
  process.exit(2);
}
let hits = 0;
for (let dart = 0; dart < darts; dart++) if (Math.random() ** 2 + Math.random() ** 2 < 1) hits++;
console.log(`result ${JSON.stringify({ darts, pi: 4 * hits / darts })}`);
