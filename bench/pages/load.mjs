// What the pages are measured on: a day of spans, log lines and errors, sent as applications send them.
import { prepareLogs } from '../otlp-logs.mjs';
import { prepareSpans } from '../otlp-spans.mjs';
import { shopCall } from './shop-calls.mjs';

const dayMs = 86_400_000;
const connections = 4;
const protobuf = { 'content-type': 'application/x-protobuf' };
const versions = ['1.4.2', '1.5.0'];

async function post(url, headers, body) {
  for (;;) {
    const answer = await fetch(url, { method: 'POST', headers, body });
    const text = await answer.text();
    if (answer.ok) return;
    // It says so when it has to catch up.
    if (answer.status !== 503 && answer.status !== 429) throw new Error(`${url}: ${answer.status} ${text}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Has `send(number of the connection, number of the request)` called `requests` times, over several connections. */
async function eachRequest(requests, send) {
  let next = 0;
  const connection = async (_, number) => {
    while (next < requests) await send(number, next++);
  };
  await Promise.all(Array.from({ length: connections }, connection));
}

/** Sends so many of each over the day before `toMs`, and waits until all can be asked for. */
export async function load(instance, { spans, logs, errors, toMs }) {
  const fromMs = toMs - dayMs;
  const perRequest = 1000;
  const spanRequests = Math.ceil(spans / perRequest);
  const spreadMs = Math.max(1, Math.floor(dayMs / spanRequests));
  const prepared = Array.from({ length: connections }, (_, seed) =>
    versions.map(version =>
      prepareSpans(perRequest, seed * 2 + (version === versions[0] ? 1 : 2), { spreadMs, version, callOf: shopCall }),
    ),
  );
  // The newer version is deployed in the last quarter.
  await eachRequest(spanRequests, (number, i) => {
    const body = prepared[number][i > spanRequests * 0.75 ? 1 : 0].stamp(i, fromMs + i * spreadMs);
    return post(`${instance.otlp}/v1/traces`, protobuf, body);
  });
  const logRequests = Math.ceil(logs / perRequest);
  const lines = Array.from({ length: connections }, (_, seed) => prepareLogs(perRequest, seed + 1));
  await eachRequest(logRequests, (number, i) =>
    post(`${instance.otlp}/v1/logs`, protobuf, lines[number].stamp(Math.floor(fromMs + (i * dayMs) / logRequests))),
  );
  await eachRequest(Math.ceil(errors / 100), (_, i) =>
    post(`${instance.otlp}/v1/logs`, { 'content-type': 'application/json' }, errorLines(i, fromMs, errors)),
  );
  await instance.flush();
}

const text = value => ({ stringValue: value });
const attributes = object => Object.entries(object).map(([key, value]) => ({ key, value: text(value) }));

/** 100 exceptions of 200 kinds, as an application tells them by OTLP. */
function errorLines(request, fromMs, total) {
  const logRecords = Array.from({ length: 100 }, (_, i) => {
    const at = request * 100 + i;
    const kind = (at * 7919) % 200;
    const stack = Array.from(
      { length: 8 },
      (_, frame) => `    at step${kind}of${frame} (/app/src/part${kind}/file${frame}.ts:${10 + frame}:5)`,
    );
    return {
      timeUnixNano: `${BigInt(Math.floor(fromMs + (at * dayMs) / total)) * 1_000_000n}`,
      severityNumber: 17,
      body: text(`order ${at} failed`),
      eventName: 'exception',
      attributes: attributes({
        'exception.type': ['TypeError', 'RangeError', 'TimeoutError'][kind % 3],
        'exception.message': `order ${at} of part ${kind} failed`,
        'exception.stacktrace': `TypeError: order ${at} of part ${kind} failed\n${stack.join('\n')}`,
        'tenant.id': `tenant-${at % 40}`,
        'user.id': `user-${at % 5000}`,
      }),
    };
  });
  const resource = { attributes: attributes({ 'service.name': 'checkout', 'service.version': versions[request % 2] }) };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
}
