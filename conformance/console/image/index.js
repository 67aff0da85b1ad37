// Renders a report, as far as a page about it is concerned: progress, lines with colours and with HTML, and a result.
const [title, pages, outcome, seconds] = process.argv.slice(2);
const STEPS = 60;
const CHAPTERS = ['summary', 'revenue by region', 'orders by channel', 'returns', 'inventory', 'forecast'];

async function main() {
  console.log(`report ${JSON.stringify(title)}: ${pages} pages, ${CHAPTERS.length} chapters`);
  console.log('\u001b[32mconnected\u001b[0m to the warehouse, reading 1,224,000 rows');
  console.log('<script>window.injected = true</script><img src=x onerror="window.injected = true">');
  for (let step = 1; step <= STEPS; step++) {
    await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000 / STEPS));
    const done = Math.floor(Number(pages) * step / STEPS);
    const chapter = CHAPTERS[Math.floor((step - 1) * CHAPTERS.length / STEPS)];
    if (step % 3 === 0) console.log(`rendered page ${done} (${chapter}), ${38 + step * 7 % 23} ms`);
    if (step % 20 === 7) console.log(`\u001b[33mwarning\u001b[0m: ${chapter} has ${step % 5 + 2} rows without a date, which are left out`);
    console.log(`::progress ${done}/${pages} rendering ${chapter}`);
    if (outcome === 'fail' && step > STEPS / 2) {
      console.log(`the table "orders_2026" has no column "channel"`);
      process.exit(3);
    }
  }
  console.log(`::result ${JSON.stringify({ title, pages: Number(pages), chapters: CHAPTERS.length, file: 's3://reports/2026/quarterly.pdf', totals: { revenue: 4_182_300.5, orders: 91_204, returns: 3_110 } })}`);
}

main();
