import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import express, { type NextFunction, type Request, type Response } from 'express';
import { seededRandom } from '../domain/random.js';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';
import { isReady, run } from '../service/run.js';
import { markTenant, whoAsks } from '../service/who.js';
import { readCharge, readRefund } from './bodies.js';
import { decide, provider } from './providers.js';

/** The payments simulator, on Express: it charges nobody, but takes its time and sometimes says no. */
const random = seededRandom(Number(process.env['SHOP_SEED'] ?? 1));
const tracer = trace.getTracer('shop.payments');
const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '20kb' }));
app.use('/v1', (request, _response, next) => {
  markTenant(whoAsks(request.headers));
  next();
});

app.get('/health', (_request, response) => void response.json({ status: 'ok', version: process.env['SHOP_VERSION'] }));
app.get('/health/live', (_request, response) => void response.json({ status: 'ok' }));
app.get('/health/ready', async (_request, response) => {
  if (await isReady()) response.json({ status: 'ok' });
  else response.status(503).json({ status: 'starting' });
});

// Express 5 hands what an async handler rejects with to the error handler.
// oxlint-disable-next-line oxc/no-async-endpoint-handlers
app.post('/v1/charges', async (request, response) => {
  const charge = readCharge(request.body);
  const chosen = provider(charge.provider);
  if (chosen === undefined) throw new RequestError(400, 'provider_unknown', `no provider is called ${charge.provider}`);
  const fields = {
    order_id: charge.orderId,
    provider: chosen.name,
    amount_minor: charge.amount.minor,
    currency: charge.amount.currency,
  };

  await tracer.startActiveSpan(`authorise ${chosen.name}`, async span => {
    span.setAttribute('payment.provider', chosen.name);
    try {
      const { outcome, afterMs } = decide(random, chosen);
      await sleep(afterMs);
      span.setAttribute('payment.outcome', outcome);
      if (outcome === 'silent') {
        span.setStatus({ code: SpanStatusCode.ERROR, message: `${chosen.name} did not answer` });
        log.error({ ...fields, took_ms: afterMs }, 'provider did not answer');
        throw new RequestError(504, 'provider_timeout', `${chosen.name} did not answer`);
      }
      if (outcome === 'declined') {
        log.warn({ ...fields, took_ms: afterMs, decline_code: 'insufficient_funds' }, 'charge declined');
        throw new RequestError(402, 'card_declined', `${chosen.name} declined the card`);
      }
      const chargeId = `ch_${randomUUID().slice(0, 13).replace('-', '')}`;
      log.info({ ...fields, charge_id: chargeId, took_ms: afterMs }, 'charge approved');
      response.status(201).json({ chargeId });
    } finally {
      span.end();
    }
  });
});

// oxlint-disable-next-line oxc/no-async-endpoint-handlers
app.post('/v1/refunds', async (request, response) => {
  const refund = readRefund(request.body);
  await sleep(20 + random() * 40);
  log.info(
    { charge_id: refund.chargeId, amount_minor: refund.amount.minor, currency: refund.amount.currency },
    'refund sent',
  );
  response.status(201).json({ refundId: `re_${randomUUID().slice(0, 13).replace('-', '')}` });
});

// Express knows an error handler by its four parameters.
app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
  if (response.headersSent) return next(error);
  if (error instanceof RequestError) {
    response.status(error.status).json({ error: { code: error.code, message: error.message } });
    return;
  }
  log.error({ err: error }, 'unhandled error');
  response.status(500).json({ error: { code: 'internal', message: 'an unexpected error; it was reported' } });
});

run({ server: createServer(app) });
