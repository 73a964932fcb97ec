import { context, createContextKey, metrics, propagation, ROOT_CONTEXT, trace, ValueType } from '@opentelemetry/api';
import { DataloaderInstrumentation } from '@opentelemetry/instrumentation-dataloader';
import http from 'node:http';
import { createRequire } from 'node:module';

const instrumentation = new DataloaderInstrumentation();
instrumentation.enable();
const DataLoader = createRequire(process.argv[1])('dataloader');

const tracer = trace.getTracer('app', '1.2.3');
const meter = metrics.getMeter('app');
const sold = meter.createCounter('sold', { unit: '{item}', description: 'Items sold' });
const open = meter.createUpDownCounter('open');
const level = meter.createGauge('level');
const sizes = meter.createHistogram('sizes', { unit: 'By', valueType: ValueType.INT });
meter.createObservableGauge('temperature').addCallback(result => result.observe(21.5, { room: 'a' }));
meter.createObservableCounter('turns').addCallback(async result => result.observe(7));
const [used, free] = [meter.createObservableUpDownCounter('used'), meter.createObservableUpDownCounter('free')];
meter.addBatchObservableCallback(
  result => {
    result.observe(used, 3);
    result.observe(free, 5);
  },
  [used, free],
);

const key = createContextKey('key');
const loader = new DataLoader(async ids => ids.map(id => ({ id })), { name: 'orders', cache: false });

async function answer() {
  sold.add(2, { kind: 'book' });
  open.add(1);
  open.add(-3);
  level.record(9);
  for (const size of [1, 10, 100]) sizes.record(size);
  const seen = {};
  await tracer.startActiveSpan('own', { attributes: { answer: 42 } }, async span => {
    seen.loaded = (await Promise.all([loader.load(1), loader.load(2)])).map(({ id }) => id);
    const bag = propagation.createBaggage({ color: { value: 'green, light' } });
    await context.with(propagation.setBaggage(context.active(), bag), async () => {
      await Promise.resolve();
      const carrier = {};
      propagation.inject(context.active(), carrier);
      seen.carrier = carrier;
      seen.isSame = trace.getActiveSpan() === span;
    });
    seen.value = context.with(context.active().setValue(key, 'v'), () => context.active().getValue(key));
    span.addEvent('counted', { upTo: 2 });
    span.end();
  });
  context.with(ROOT_CONTEXT, () => tracer.startSpan('alone').end());
  return seen;
}

const server = http.createServer((_request, response) => {
  answer().then(
    seen => response.end(JSON.stringify(seen)),
    error => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
