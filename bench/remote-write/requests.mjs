// Remote-write requests as a Prometheus server with many targets sends them: the same series in the same order with every scrape.
// Everything is made from a seed, so that each receiver gets the same bytes.

/** A small generator of pseudo-random numbers from 0 to 1 (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const routes = ['/', '/orders', '/orders/:id', '/cart', '/login', '/search', '/products/:id', '/health'];
const buckets = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];

/** What one target exposes: a request histogram and counters per route, memory, garbage collection, event loop, file descriptors. */
function* metricsOfTarget() {
  for (const handler of routes) {
    for (const method of ['GET', 'POST']) {
      for (const le of buckets) yield ['http_request_duration_seconds_bucket', { handler, le, method }, 'counter'];
      yield ['http_request_duration_seconds_count', { handler, method }, 'counter'];
      yield ['http_request_duration_seconds_sum', { handler, method }, 'seconds'];
      for (const code of ['200', '404', '500'])
        yield ['http_requests_total', { code, handler, method }, code === '500' ? 'rare' : 'counter'];
    }
  }
  for (const space of ['new', 'old', 'code', 'map', 'large_object'])
    for (const name of ['size_used_bytes', 'size_total_bytes', 'size_available_bytes'])
      yield [`nodejs_heap_space_${name}`, { space }, 'bytes'];
  for (const kind of ['minor', 'major', 'incremental'])
    for (const le of ['0.001', '0.01', '0.1', '1', '+Inf'])
      yield ['nodejs_gc_duration_seconds_bucket', { kind, le }, 'rare'];
  for (const name of ['resident_memory_bytes', 'virtual_memory_bytes', 'heap_bytes'])
    yield [`process_${name}`, {}, 'bytes'];
  for (const name of ['cpu_user_seconds_total', 'cpu_system_seconds_total']) yield [`process_${name}`, {}, 'seconds'];
  for (const quantile of ['min', 'max', 'mean', 'p50', 'p90', 'p99'])
    yield [`nodejs_eventloop_lag_${quantile}_seconds`, {}, 'gauge'];
  for (const name of [
    'process_open_fds',
    'process_max_fds',
    'process_start_time_seconds',
    'nodejs_active_handles',
    'nodejs_version_info',
    'up',
  ])
    yield [name, {}, 'constant'];
}

/** All series of `count`, in the order in which they are scraped. Labels are sorted by name. */
export function seriesOf(count) {
  const series = [];
  for (let target = 0; series.length < count; target++) {
    const common = {
      cluster: 'eu-central-1-production',
      container: 'app',
      instance: `10.${(target >> 8) & 255}.${target & 255}.17:9464`,
      job: `shop-${['checkout', 'catalog', 'search', 'users', 'payments'][target % 5]}`,
      namespace: 'shop',
      pod: `shop-${target % 5}-7d9f8b6c5-${(target * 7919).toString(36).padStart(5, 'x')}`,
    };
    for (const [name, own, kind] of metricsOfTarget()) {
      if (series.length === count) break;
      const labels = Object.entries({ __name__: name, ...common, ...own }).sort(([a], [b]) => (a < b ? -1 : 1));
      series.push({ labels, kind });
    }
  }
  return series;
}

/** The value of every series from scrape to scrape. */
function valuesOf(series, seed) {
  const random = randomFrom(seed);
  const values = series.map(({ kind }) =>
    kind === 'bytes' ? 5e7 * (1 + random()) : kind === 'constant' ? 1 : Math.floor(random() * 1e5),
  );
  const rates = series.map(() => (random() < 0.4 ? 0 : random() * 40));
  return () => {
    for (let i = 0; i < series.length; i++) {
      switch (series[i].kind) {
        case 'counter':
          values[i] += Math.floor(rates[i] * (0.5 + random()));
          break;
        case 'rare':
          if (random() < 0.02) values[i] += 1;
          break;
        case 'seconds':
          values[i] += rates[i] * random() * 0.01;
          break;
        case 'bytes':
          if (random() < 0.7) values[i] = Math.max(4096, values[i] + Math.floor((random() - 0.5) * 1e5) * 8);
          break;
        case 'gauge':
          values[i] = Math.round(random() * 1e6) / 1e9;
          break;
      }
    }
    return values;
  };
}

class Bytes {
  constructor(size) {
    this.buffer = Buffer.alloc(size);
    this.at = 0;
  }

  varint(value) {
    let rest = value;
    while (rest > 127) {
      this.buffer[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.at++] = rest;
  }

  bytes(bytes) {
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }
}

const varintSize = value =>
  value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : value < 2 ** 35 ? 5 : 6;

function field(number, content) {
  const out = new Bytes(content.length + 12);
  out.varint(number * 8 + 2);
  out.varint(content.length);
  out.bytes(content);
  return out.buffer.subarray(0, out.at);
}

/** Writes a Sample message; what is zero is left out, as Prometheus does. */
function putSample(out, value, ms) {
  const size = (value === 0 ? 0 : 9) + 1 + varintSize(ms);
  out.buffer[out.at++] = 18;
  out.varint(size);
  if (value !== 0) {
    out.buffer[out.at++] = 9;
    out.buffer.writeDoubleLE(value, out.at);
    out.at += 8;
  }
  out.buffer[out.at++] = 16;
  out.varint(ms);
}

/**
 * Requests of scrape after scrape: { body (packed with snappy), samples }. `version` 1 or 2; `perRequest` samples each.
 * Scrapes are `intervalMs` apart and end now, so that no receiver finds them too old.
 */
export function* requests({
  series: count,
  scrapes,
  perRequest = 2000,
  version = 1,
  seed = 1,
  intervalMs = 15_000,
  endMs = Date.now(),
}) {
  const series = seriesOf(count);
  const next = valuesOf(series, seed);
  const chunks = [];
  for (let from = 0; from < series.length; from += perRequest)
    chunks.push(version === 1 ? chunk1(series, from, perRequest) : chunk2(series, from, perRequest));
  const out = new Bytes(perRequest * 600 + (1 << 20));
  for (let scrape = 0; scrape < scrapes; scrape++) {
    const values = next();
    const ms = endMs - (scrapes - 1 - scrape) * intervalMs;
    for (const { from, head, heads, tails } of chunks) {
      out.at = 0;
      out.bytes(head);
      for (let i = 0; i < heads.length; i++) {
        const value = values[from + i];
        const sampleSize = 2 + (value === 0 ? 0 : 9) + 1 + varintSize(ms);
        out.buffer[out.at++] = version === 1 ? 10 : 42;
        out.varint(heads[i].length + sampleSize + tails[i].length);
        out.bytes(heads[i]);
        putSample(out, value, ms);
        out.bytes(tails[i]);
      }
      yield { body: snappy(out.buffer.subarray(0, out.at)), samples: heads.length };
    }
  }
}

const nothing = Buffer.alloc(0);

function chunk1(series, from, count) {
  const heads = series
    .slice(from, from + count)
    .map(({ labels }) =>
      Buffer.concat(
        labels.map(([name, value]) =>
          field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
        ),
      ),
    );
  return { from, head: nothing, heads, tails: heads.map(() => nothing) };
}

const types = { counter: 1, rare: 1, seconds: 1, bytes: 2, gauge: 2, constant: 2 };

function varints(numbers) {
  const out = new Bytes(numbers.length * 5);
  for (const number of numbers) out.varint(number);
  return out.buffer.subarray(0, out.at);
}

function chunk2(series, from, count) {
  const symbols = new Map([['', 0]]);
  const ref = text => {
    if (!symbols.has(text)) symbols.set(text, symbols.size);
    return symbols.get(text);
  };
  const part = series.slice(from, from + count);
  const heads = part.map(({ labels }) => field(1, varints(labels.flat().map(ref))));
  const tails = part.map(({ labels, kind }) =>
    field(5, Buffer.concat([Buffer.from([8, types[kind], 24]), varints([ref(`Help of ${labels[0][1]}.`)])])),
  );
  return { from, head: Buffer.concat([...symbols.keys()].map(symbol => field(4, Buffer.from(symbol)))), heads, tails };
}

const tableBits = 14;
const table = new Int32Array(1 << tableBits);
let packed = Buffer.alloc(1 << 20);

/** Packs in snappy's block format, in blocks of 64 KiB with a table of places by hash, as snappy's own packer does. */
export function snappy(bytes) {
  if (packed.length < bytes.length * 1.2 + 64) packed = Buffer.alloc(bytes.length * 2);
  let to = 0;
  const varint = value => {
    let rest = value;
    while (rest > 127) {
      packed[to++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    packed[to++] = rest;
  };
  const literal = (from, end) => {
    const length = end - from;
    if (length === 0) return;
    if (length <= 60) packed[to++] = (length - 1) << 2;
    else if (length <= 256) {
      packed[to++] = 60 << 2;
      packed[to++] = length - 1;
    } else {
      packed[to++] = 61 << 2;
      packed[to++] = (length - 1) & 255;
      packed[to++] = (length - 1) >> 8;
    }
    for (let i = from; i < end; i++) packed[to++] = bytes[i];
  };
  varint(bytes.length);
  for (let blockAt = 0; blockAt < bytes.length; blockAt += 65_536) {
    const end = Math.min(blockAt + 65_536, bytes.length);
    table.fill(-1);
    let literalFrom = blockAt;
    let at = blockAt;
    while (at + 4 <= end) {
      const four = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      const place = Math.imul(four, 0x1e35a7bd) >>> (32 - tableBits);
      const from = table[place];
      table[place] = at;
      if (
        from < 0 ||
        bytes[from] !== bytes[at] ||
        bytes[from + 1] !== bytes[at + 1] ||
        bytes[from + 2] !== bytes[at + 2] ||
        bytes[from + 3] !== bytes[at + 3]
      ) {
        at += 1 + ((at - literalFrom) >> 5);
        continue;
      }
      let length = 4;
      while (at + length < end && bytes[from + length] === bytes[at + length]) length++;
      literal(literalFrom, at);
      const offset = at - from;
      let left = length;
      while (left > 0) {
        const part = left > 64 && left < 68 ? 60 : Math.min(left, 64);
        if (part >= 4 && part <= 11 && offset < 2048) {
          packed[to++] = 1 | ((part - 4) << 2) | ((offset >> 8) << 5);
          packed[to++] = offset & 255;
        } else {
          packed[to++] = 2 | ((part - 1) << 2);
          packed[to++] = offset & 255;
          packed[to++] = offset >> 8;
        }
        left -= part;
      }
      at += length;
      literalFrom = at;
    }
    literal(literalFrom, end);
  }
  return Buffer.from(packed.subarray(0, to));
}
