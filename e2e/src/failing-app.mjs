// Failures of all kinds, reported as its first argument says: by our SDK (`bellwether`), Sentry's (`sentry`), or as OpenTelemetry does, on a span (`otlp`). With a
// second one, `hard`, it is those that are harder to tell.
// BELLWETHER_URL, SENTRY_DSN and OTEL_EXPORTER_OTLP_ENDPOINT say where to.
const [, , how, which] = process.argv;

class PaymentDeclined extends Error {
  name = 'PaymentDeclined';
}

function chargeCard(order) {
  throw new PaymentDeclined(`order ${order}: card declined`);
}

function readCart(order) {
  return JSON.parse(`{"order": ${order}`);
}

function reserveStock(order) {
  const stock = undefined;
  return stock.reserve(order);
}

class StockUnknown extends Error {
  name = 'StockUnknown';
}

function lookUpStock(order) {
  try {
    reserveStock(order);
  } catch (cause) {
    throw new StockUnknown(`no stock for ${order} (request 7f3c9a1e-52b1-4c1d-9f60-0000000${order})`, { cause });
  }
}

async function askAll(order) {
  await Promise.any([1, 2].map(async shelf => Promise.reject(new RangeError(`shelf ${shelf} of ${order} is empty`))));
}

async function settleLater(order) {
  await new Promise(resolve => setImmediate(resolve));
  throw new PaymentDeclined(`order ${order}: settled too late`);
}

/** What a thread threw, as it arrives in the thread that started it. */
async function failInThread(order) {
  const source = `class LabelJam extends Error { name = 'LabelJam'; }
function printLabel(order) { throw new LabelJam('label of ' + order); }
printLabel(${order});`;
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(source, { eval: true, stderr: true });
  throw await new Promise(resolve => worker.once('error', resolve));
}

function throwText(order) {
  // oxlint-disable-next-line no-throw-literal -- what some libraries do
  throw `order ${order} is not valid`;
}

const reporters = {
  async bellwether() {
    const { start, captureException } = await import('@bellwether/node');
    const sdk = start({ service: 'shop' });
    return { report: captureException, end: () => sdk.shutdown(5000) };
  },
  async sentry() {
    const Sentry = await import('@sentry/node');
    Sentry.init({ dsn: process.env.SENTRY_DSN, release: 'shop@1.0.0', serverName: 'shop-1' });
    return { report: error => Sentry.captureException(error), end: () => Sentry.close(5000) };
  },
  async otlp() {
    const { trace, SpanStatusCode } = await import('@opentelemetry/api');
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    const sdk = new NodeSDK({ serviceName: 'shop' });
    sdk.start();
    const tracer = trace.getTracer('shop');
    return {
      report(error) {
        const span = tracer.startSpan('work');
        span.recordException(error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        span.end();
      },
      end: () => sdk.shutdown(),
    };
  },
};

const { report, end } = await reporters[how]();
const order = 1000 + how.length;
const failures = {
  plain: [chargeCard, readCart, reserveStock],
  hard: [lookUpStock, askAll, settleLater, failInThread, throwText],
};
for (const fail of failures[which ?? 'plain']) {
  try {
    await fail(order);
  } catch (error) {
    report(error);
  }
}
await end();
