// Computes the hash of a hash many times.
const { createHash } = require('node:crypto');

const rounds = Number(process.argv[2]);
let digest = Buffer.from('heavy');
for (let round = 0; round < rounds; round++) digest = createHash('sha256').update(digest).digest();
console.log(`${rounds} rounds: ${digest.toString('hex')}`);
