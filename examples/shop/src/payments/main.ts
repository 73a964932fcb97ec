import { createServer } from 'node:http';
import { business } from '@bellwether/node';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import express, { type NextFunction, type Request, type Response } from 'express';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';
import { isReady, run } from '../service/run.js';
import { markTenant, whoAsks } from '../service/who.js';
import { readCharge, readRefund } from './bodies.js';
import { authorise, payBack } from './authorise.js';
import { providers } from '../vendors/providers.js';

/** Charges and refunds at the payment providers, on Express. */
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
  const chosen = providers.find(({ name }) => name === charge.provider)?.name;
  if (chosen === undefined) throw new RequestError(400, 'provider_unknown', `no provider is called ${charge.provider}`);
  const { userId } = whoAsks(request.headers);
  await tracer.startActiveSpan(`authorise ${chosen}`, async span => {
    span.setAttribute('payment.provider', chosen);
    try {
      const chargeId = await authorise({ ...charge, provider: chosen }, userId);
      span.setAttribute('payment.outcome', 'approved');
      response.status(201).json({ chargeId });
    } catch (error) {
      const outcome = error instanceof RequestError ? error.code : 'failed';
      span.setAttribute('payment.outcome', outcome);
      if (outcome !== 'card_declined') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
      throw error;
    } finally {
      span.end();
    }
  });
});

// oxlint-disable-next-line oxc/no-async-endpoint-handlers
app.post('/v1/refunds', async (request, response) => {
  const refund = readRefund(request.body);
  const { userId } = whoAsks(request.headers);
  const refundId = await payBack(refund);
  business.refund({
    amountMinor: refund.amount.minor,
    currency: refund.amount.currency,
    of: refund.chargeId,
    customer: userId,
  });
  log.info(
    { charge_id: refund.chargeId, amount_minor: refund.amount.minor, currency: refund.amount.currency },
    'refund sent',
  );
  response.status(201).json({ refundId });
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
