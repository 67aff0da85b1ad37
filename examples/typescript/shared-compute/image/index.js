// Three heavy jobs on a generated text: count its words, compress it, or compute its digest.
//
//   node index.js <count|compress|digest> <words>
const crypto = require('node:crypto');
const zlib = require('node:zlib');

const [work, words] = [process.argv[2], Number(process.argv[3])];
const VOCABULARY = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel'];
const WORK = {
  count: (text) => {
    const counts = new Map();
    for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
    return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  },
  compress: (text) => ({ from: text.length, to: zlib.brotliCompressSync(text, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 6 } }).length }),
  digest: (text) => ({ sha512: Array.from({ length: 50 }).reduce((digest) => crypto.createHash('sha512').update(text).update(digest).digest('hex'), '') }),
};
if (!WORK[work] || !(words > 0)) {
  console.error('usage: node index.js <count|compress|digest> <words>');
  process.exit(2);
}
let seed = 7;
const next = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff);
const text = Array.from({ length: words }, () => VOCABULARY[(next() >> 16) % VOCABULARY.length]).join(' ');
console.log(`${work} of ${words} words`);
console.log(`result ${JSON.stringify(WORK[work](text))}`);
