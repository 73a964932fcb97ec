// What enrichment costs: the scan for secrets per span and per log line where there is nothing to find, a line with a secret, a statement that is known
// and one that is new. CPU time of this process, medians of rounds. After a build: node bench/enrich/micro.mjs [rounds]
import { Scrubber } from '../../packages/server/dist/enrich/scrub/scrubber.js';
import { statementShape } from '../../packages/server/dist/enrich/statement/statement.js';
import { KnownStatements } from '../../packages/server/dist/write/known-statements.js';
import { Words } from '../../packages/server/dist/write/words.js';

const rounds = Number(process.argv[2] ?? 15);
const repeats = 20_000;

const span = [
  'GET',
  '/v1/orders/:id',
  'https',
  'shop.example.com',
  '/v1/orders/8d3f0a52-6c1b-4d7e-9f2a-1b3c5d7e9f01',
  '203.0.113.7',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'HTTP/1.1',
  'acme-corp',
  'business',
  'SELECT orders',
  'postgresql',
].map(text => Buffer.from(text));
const line = Buffer.from(
  'payment authorised for order 8d3f0a52-6c1b-4d7e-9f2a-1b3c5d7e9f01 in 183 ms, provider stripe, amount 129900 EUR, attempt 1 of 3',
);
const secretLine = `login failed for ann.meyer@example.com with password=hunter2 from 203.0.113.7 after 3 attempts`;
const statement =
  'SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.tenant = $1 AND o.state IN ($2, $3) ORDER BY o.created DESC LIMIT 50';
const statementBytes = Buffer.from(statement);

const scrubber = new Scrubber();
const words = new Words(scrubber);
const statements = new KnownStatements(words);
const system = words.ofText('postgresql');
let sink = 0;

const cases = {
  'scan of a span with 12 texts': () => {
    for (const text of span) sink += scrubber.isSuspicious(text, 0, text.length) ? 1 : 0;
  },
  'scan of a log line of 130 bytes': () => {
    sink += scrubber.isSuspicious(line, 0, line.length) ? 1 : 0;
  },
  'a log line with two finds': () => {
    sink += scrubber.free(secretLine).length;
  },
  'a known statement': () => {
    sink += statements.of(system, statementBytes, 0, statementBytes.length).text.length;
  },
  'a new statement': () => {
    sink += statementShape(statement, 'postgresql').text.length;
  },
};

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];
for (const [name, work] of Object.entries(cases)) {
  const times = Array.from({ length: rounds + 3 }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < repeats; i++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / repeats;
  }).slice(3);
  console.log(`${name.padEnd(36)} ${median(times).toFixed(3)} µs CPU`);
}
if (sink === 0) throw new Error('nothing was measured');
