// What unpacking, decoding and building blocks cost per sample: CPU time of this process, garbage collection included, medians of rounds.
// Nothing is written to disk. After a build: node bench/remote-write/micro.mjs [series=50000] [rounds=10]
import { decode } from '../../packages/server/dist/decode/decode.js';
import { unsnappedLength, unsnappyInto } from '../../packages/server/dist/decode/snappy.js';
import { BlockBuilder } from '../../packages/server/dist/write/block-builder.js';
import { requests } from './requests.mjs';

const [series = '50000', rounds = '10'] = process.argv.slice(2);
const samplesPerBlock = 100_000;
const scratch = Buffer.alloc(8 << 20);

/** CPU microseconds of `work`. */
function cpuUs(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];

for (const version of [1, 2]) {
  const scrapes = Math.max(2, Math.ceil(samplesPerBlock / Number(series)));
  const bodies = [...requests({ series: Number(series), scrapes, version })];
  const samples = bodies.reduce((sum, request) => sum + request.samples, 0);
  const builder = new BlockBuilder();
  const results = [];
  let blockBytes = 0;
  for (let round = 0; round < Number(rounds) + 3; round++) {
    const costs = { unpack: 0, decode: 0, add: 0, cut: 0 };
    for (const [recordSeq, { body }] of bodies.entries()) {
      let bytes;
      let batch;
      costs.unpack += cpuUs(() => {
        bytes = scratch.subarray(0, unsnappedLength(body, scratch.length));
        unsnappyInto(body, bytes);
      });
      costs.decode += cpuUs(() => {
        batch = decode('metrics', `remote-write-${version}`, bytes);
      });
      costs.add += cpuUs(() => builder.add(batch, { workspace: 'default', recordSeq, receivedMs: Date.now() }));
      if (builder.rows >= samplesPerBlock || recordSeq === bodies.length - 1)
        costs.cut += cpuUs(() => {
          blockBytes = builder
            .cut()
            .flatMap(block => block.chunks)
            .reduce((sum, chunk) => sum + chunk.length, 0);
        });
    }
    costs.all = costs.unpack + costs.decode + costs.add + costs.cut;
    if (round >= 3) results.push(costs);
  }
  const unpacked = bodies.reduce((sum, { body }) => sum + unsnappedLength(body, 1 << 30), 0);
  const wire = bodies.reduce((sum, { body }) => sum + body.length, 0);
  console.log(
    `remote write ${version}.0: ${samples} samples, ${(wire / samples).toFixed(1)} bytes each as sent, ${(unpacked / samples).toFixed(0)} unpacked, ${(blockBytes / Math.min(samples, samplesPerBlock)).toFixed(0)} in a block`,
  );
  for (const part of ['unpack', 'decode', 'add', 'cut', 'all']) {
    const us = median(results.map(result => result[part])) / samples;
    console.log(`  ${part.padEnd(7)} ${us.toFixed(3)} µs CPU per sample`);
  }
}
