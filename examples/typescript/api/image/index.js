// Counts the primes below a limit. The count is the result of the run.
const limit = Number(process.argv[2]);
const composite = new Uint8Array(limit);
let count = 0;
let largest = 0;
for (let number = 2; number < limit; number++) {
  if (composite[number]) continue;
  count++;
  largest = number;
  for (let multiple = number * number; multiple < limit; multiple += number) composite[multiple] = 1;
}
console.log(`${count} primes below ${limit}`);
// The line that is the result of the run: `resultSource` of the job says so.
console.log(`::result ${JSON.stringify({ count, largest })}`);
