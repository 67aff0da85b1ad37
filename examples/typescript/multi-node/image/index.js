// Each node computes its part of a series for pi. The main node collects the parts over the network.
const http = require('node:http');

const PORT = 8_765;
const terms = Number(process.argv[2]);
const index = Number(process.env.AWS_BATCH_JOB_NODE_INDEX);
const nodes = Number(process.env.AWS_BATCH_JOB_NUM_NODES);
const main = process.env.AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS;

function part() {
  let sum = 0;
  for (let n = index; n < terms; n += nodes) sum += (n % 2 ? -4 : 4) / (2 * n + 1);
  return sum;
}

function tell(sum) {
  const request = http.request({ host: main, port: PORT, method: 'POST' }, (response) => response.resume());
  request.on('error', () => setTimeout(() => tell(sum), 500)); // the main node may not accept connections yet
  request.end(JSON.stringify({ index, sum }));
}

if (main === undefined) {
  const parts = new Map();
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      const { index: from, sum } = JSON.parse(body);
      response.end();
      add(from, sum);
    });
  }).listen(PORT);
  const add = (from, sum) => {
    parts.set(from, sum);
    console.log(`node ${from}: ${sum}`);
    if (parts.size < nodes) return;
    console.log(`pi is about ${[...parts.values()].reduce((a, b) => a + b)}`);
    server.close();
    server.closeAllConnections();
  };
  add(0, part());
} else {
  tell(part());
}
