// Computes the sales of a shop by month. Its orders are generated, the same ones each time.
//
//   node report.js <first day> <number of days> <country, or all>
const COUNTRIES = ['AT', 'DE', 'FR', 'IT', 'NL'];
const DAY = 24 * 60 * 60 * 1000;

const [from, days, country] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const months = new Map();
for (let index = 0; index < days; index++) {
  const day = new Date(Date.parse(from) + index * DAY).toISOString().slice(0, 10);
  addDay(monthOf(day), day);
  // A line like this one is the progress of the run.
  if ((index + 1) % 7 === 0) console.log(`::progress ${index + 1}/${days} orders until ${day}`);
}
// This line is the result of the run: `resultSource` of the job says so.
console.log(`::result ${JSON.stringify({ from, days, country, months: [...months.entries()].map(totalsOf) })}`);

function monthOf(day) {
  const month = day.slice(0, 7);
  if (!months.has(month)) months.set(month, { customers: new Set(), orders: 0, cents: 0 });
  return months.get(month);
}

/** Adds the orders of a day. Each has a customer, a country and an amount of money in cents. */
function addDay(month, day) {
  const random = randomNumbers(Date.parse(day) / DAY);
  const orders = /-1[12]-/.test(day) ? 90_000 : 50_000; // people buy presents
  for (let order = 0; order < orders; order++) {
    const customer = Math.floor(random() * 1_000_000);
    const cents = 500 + Math.floor(random() * 12_000);
    if (country !== 'all' && COUNTRIES[customer % COUNTRIES.length] !== country) continue;
    month.customers.add(customer);
    month.orders++;
    month.cents += cents;
  }
}

/** https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomNumbers(seed) {
  return () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x80000000;
  };
}

function totalsOf([month, { customers, orders, cents }]) {
  return { month, customers: customers.size, orders, revenue: Math.round(cents / 100) };
}
