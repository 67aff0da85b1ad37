// Replaces names by pseudonyms, and counts diagnoses. The key is not stored, so the pseudonyms cannot be reversed.
const { createHmac, randomBytes } = require('node:crypto');

const NAMES = ['Ada', 'Alan', 'Barbara', 'Donald', 'Edsger', 'Grace', 'John', 'Margaret', 'Niklaus', 'Tony'];
const DIAGNOSES = ['asthma', 'cough', 'fever', 'fracture', 'migraine', 'sprain'];

const patients = Number(process.argv[2]);
if (!Number.isInteger(patients) || patients < 1) {
  console.error(`'patients' is ${process.argv[2]}; use a whole number from 1`);
  process.exitCode = 1;
} else {
  const key = randomBytes(32);
  const pseudonyms = new Set();
  const counts = Object.fromEntries(DIAGNOSES.map((diagnosis) => [diagnosis, 0]));
  const started = Date.now();
  for (let index = 0; index < patients; index++) {
    const name = `${NAMES[index % NAMES.length]} ${Math.floor(index / NAMES.length)}`;
    pseudonyms.add(createHmac('sha256', key).update(name).digest('base64url').slice(0, 16));
    counts[DIAGNOSES[(index * 7) % DIAGNOSES.length]]++;
    if ((index + 1) % 250_000 === 0) console.log(`${index + 1} of ${patients} patients (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  console.log(`${pseudonyms.size} pseudonyms for ${patients} patients; ${Object.entries(counts).map(([diagnosis, count]) => `${diagnosis} ${count}`).join(', ')}`);
}
