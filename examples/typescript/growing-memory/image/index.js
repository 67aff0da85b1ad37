// Joins orders with their customers in memory. The memory that it needs depends on the input, and is not known before.
//
//   node index.js <customers>
const customers = Number(process.argv[2]);
if (!(customers > 0)) {
  console.error('usage: node index.js <customers>');
  process.exit(2);
}
const table = new Map();
for (let id = 0; id < customers; id++) table.set(id, { id, region: `r${id % 17}`, orders: [] });
let seed = 3;
for (let order = 0; order < 5 * customers; order++) {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  table.get(seed % customers).orders.push(seed % 1_000);
}
const regions = {};
for (const { region, orders } of table.values()) regions[region] = (regions[region] ?? 0) + orders.reduce((a, b) => a + b, 0);
const used = Math.round(process.memoryUsage().rss / 1024 / 1024);
console.log(`round ${process.env.HEAVY_BATCH_ROUND ?? 1}: ${used} MiB`);
console.log(`result ${JSON.stringify(regions)}`);
