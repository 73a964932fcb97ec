// What the pages are measured on: 15 minutes of traces and log lines, and one long trace.
import { prepareSpans } from '../otlp-spans.mjs';

const minutes = 15;
const spansPerMinute = 400;
const logLines = 20_000;
const longTraceSpans = 10_000;

async function post(instance, path, body, type) {
  const answer = await fetch(instance.otlp + path, { method: 'POST', headers: { 'content-type': type }, body });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Sends 15 minutes of traces and log lines, and one long trace; answers with its id. */
export async function load(instance) {
  const fromMs = Date.now() - minutes * 60_000;
  const spans = prepareSpans(spansPerMinute, 7, { spreadMs: 59_000 });
  for (let i = 0; i < minutes; i++)
    await post(instance, '/v1/traces', spans.stamp(i, fromMs + i * 60_000), 'application/x-protobuf');
  const batch = 1000;
  for (let at = 0; at < logLines; at += batch) {
    const logRecords = Array.from({ length: batch }, (_, i) => ({
      timeUnixNano: nanos(fromMs + ((at + i) * minutes * 60_000) / logLines),
      severityNumber: (at + i) % 50 === 0 ? 17 : (at + i) % 9 === 0 ? 13 : 9,
      body: { stringValue: `order ${at + i} placed, ${((at + i) * 37) % 900} ms after its cart was opened` },
      attributes: [{ key: 'order.id', value: { stringValue: `o-${at + i}` } }],
    }));
    await post(
      instance,
      '/v1/logs',
      JSON.stringify({ resourceLogs: [{ resource: named('checkout'), scopeLogs: [{ logRecords }] }] }),
      'application/json',
    );
  }
  const traceId = 'c0ffee'.padEnd(32, '0');
  await post(instance, '/v1/traces', JSON.stringify(longTraceRequest(traceId)), 'application/json');
  await instance.flush();
  return traceId;
}

function spanId(i) {
  return (i + 1).toString(16).padStart(16, '0');
}

function nanos(ms) {
  return `${BigInt(Math.round(ms * 1000)) * 1000n}`;
}

function named(service) {
  return { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
}

/** A tree in which every span calls four others: no siblings to fold, so every span is a row. */
function longTraceRequest(traceId) {
  const calls = 4;
  const extent = [{ startMs: Date.now() - 60_000, lengthMs: 20_000 }];
  const byService = new Map();
  for (let i = 0; i < longTraceSpans; i++) {
    const parent = Math.floor((i - 1) / calls);
    if (i > 0) {
      const lengthMs = extent[parent].lengthMs / calls;
      extent.push({ startMs: extent[parent].startMs + ((i - 1) % calls) * lengthMs, lengthMs: lengthMs * 0.9 });
    }
    const service = ['gateway', 'checkout', 'payments', 'inventory'][i % 4];
    const { startMs, lengthMs } = extent[i];
    const span = {
      traceId,
      spanId: spanId(i),
      parentSpanId: i === 0 ? '' : spanId(parent),
      name: i === 0 ? 'POST /v1/long' : `step ${i % 97} of ${service}`,
      kind: i === 0 ? 2 : 1,
      startTimeUnixNano: nanos(startMs),
      endTimeUnixNano: nanos(startMs + lengthMs),
      attributes: [{ key: 'item.id', value: { stringValue: `i-${i}` } }],
    };
    byService.set(service, [...(byService.get(service) ?? []), span]);
  }
  return {
    resourceSpans: [...byService].map(([service, spans]) => ({ resource: named(service), scopeSpans: [{ spans }] })),
  };
}
