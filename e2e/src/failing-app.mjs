// Three failures, reported as its only argument says: by our SDK (`bellwether`), Sentry's (`sentry`), or as OpenTelemetry does, on a span (`otlp`).
// BELLWETHER_URL, SENTRY_DSN and OTEL_EXPORTER_OTLP_ENDPOINT say where to.
const [, , how] = process.argv;

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
for (const fail of [chargeCard, readCart, reserveStock]) {
  try {
    fail(order);
  } catch (error) {
    report(error);
  }
}
await end();
