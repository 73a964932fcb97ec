import { expect, test } from 'vitest';
import { readSampling } from './sampling-settings.js';

const read = (environment: Record<string, string>) => readSampling(undefined, environment, []);

test('[B5] everything is kept unless told otherwise', () => {
  expect(read({})).toBeUndefined();
  expect(read({ OTEL_TRACES_SAMPLER: 'parentbased_always_on' })).toBeUndefined();
  expect(readSampling(1, {}, [])).toBeUndefined();
});

test('[B5] a share by option, by our variable and by OpenTelemetry’s, in this order', () => {
  const otel = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' };
  expect(read(otel)).toMatchObject({ ratio: 0.5, isParentBased: false, keepErrorsAndSlow: true });
  expect(read({ ...otel, BELLWETHER_SAMPLING: '0.2' })?.ratio).toBe(0.2);
  expect(readSampling(0.1, { ...otel, BELLWETHER_SAMPLING: '0.2' }, [])?.ratio).toBe(0.1);
  expect(read({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' })).toMatchObject({
    ratio: 0,
    isParentBased: true,
    keepErrorsAndSlow: false,
  });
});

test('[B5] shares by route: parameters and rests fit, a route of another method does not', () => {
  const routes = read({ BELLWETHER_SAMPLING: '0.1,/health=0,POST /orders/:id=1,/files/*=0.5' })?.routes ?? [];
  const of = (method: string, path: string): number | undefined =>
    routes.find(route => (route.method ?? method) === method && route.path.test(path))?.ratio;
  expect(of('GET', '/health')).toBe(0);
  expect(of('POST', '/orders/7')).toBe(1);
  expect(of('GET', '/orders/7')).toBeUndefined();
  expect(of('POST', '/orders/7/items')).toBeUndefined();
  expect(of('GET', '/files/a/b')).toBe(0.5);
});

test('what cannot be read is named, and everything is kept', () => {
  const problems: string[] = [];
  expect(readSampling(undefined, { OTEL_TRACES_SAMPLER: 'magic' }, problems)).toBeUndefined();
  expect(readSampling(7, {}, problems)).toBeUndefined();
  expect(readSampling(undefined, { BELLWETHER_SAMPLING: 'half' }, problems)).toBeUndefined();
  expect(problems).toHaveLength(3);
});
