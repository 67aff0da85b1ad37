// Counts the words of a text of any length, and returns the ten most frequent ones.
const { answer, read } = require('./payload');

async function main() {
  const text = await read(process.argv[2]);
  const counts = new Map();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, 10);
  console.log(`${text.length} characters, ${counts.size} different words`);
  await answer({ characters: text.length, words: counts.size, frequent: Object.fromEntries(frequent) });
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
