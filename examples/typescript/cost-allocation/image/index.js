// The work of two teams: one hashes tiles, the other one indexes items.
//
//   node index.js <maps|search> <items>
const crypto = require('node:crypto');

const [team, items] = [process.argv[2], Number(process.argv[3])];
if (!['maps', 'search'].includes(team) || !(items > 0)) {
  console.error('usage: node index.js <maps|search> <items>');
  process.exit(2);
}
const buckets = new Map();
for (let item = 0; item < items; item++) {
  const key = crypto.createHash('sha1').update(`${team}/${item}`).digest('hex').slice(0, 2);
  buckets.set(key, (buckets.get(key) ?? 0) + 1);
}
const counts = [...buckets.values()];
console.log(`result ${JSON.stringify({ team, buckets: buckets.size, least: Math.min(...counts), most: Math.max(...counts) })}`);
