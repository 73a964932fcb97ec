// What decoding costs per span, and building blocks from it (scrubbing, RED rows and `Native` columns included): CPU time of this
// process, garbage collection included, medians of rounds. Nothing is written to disk. After a build: node bench/ingest-traces/micro.mjs [rounds]
import { decode } from '../../packages/server/dist/decode/decode.js';
import { BlockBuilder } from '../../packages/server/dist/write/block-builder.js';
import { prepareSpans } from '../otlp-spans.mjs';

const spansPerRequest = 1000;
const requestsPerBlock = 50;
const rounds = Number(process.argv[2] ?? 15);

const bodies = Array.from({ length: requestsPerBlock }, (_, i) => {
  const prepared = prepareSpans(spansPerRequest, i + 1);
  return Uint8Array.from(prepared.stamp(i, Date.now()));
});
const builder = new BlockBuilder();
let bytes = 0;

/** CPU microseconds of `work`. */
function cpuUs(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function round(recordSeq) {
  let batches = [];
  const decodeUs = cpuUs(() => {
    batches = bodies.map(body => decode('traces', 'protobuf', body));
  });
  const addUs = cpuUs(() => {
    for (const batch of batches) builder.add(batch, { workspace: 'default', recordSeq, receivedMs: Date.now() });
  });
  const cutUs = cpuUs(() => {
    bytes = builder
      .cut()
      .flatMap(block => block.chunks)
      .reduce((sum, chunk) => sum + chunk.length, 0);
  });
  return { decodeUs, addUs, cutUs, allUs: decodeUs + addUs + cutUs };
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];
for (let i = 0; i < 3; i++) round(i);
const results = Array.from({ length: rounds }, (_, i) => round(i + 3));
const spans = spansPerRequest * requestsPerBlock;
for (const part of ['decodeUs', 'addUs', 'cutUs', 'allUs']) {
  console.log(
    `${part.replace('Us', '').padEnd(7)} ${(median(results.map(result => result[part])) / spans).toFixed(2)} µs CPU per span`,
  );
}
console.log(`block   ${(bytes / spans).toFixed(0)} bytes per span in ${spans} rows`);
