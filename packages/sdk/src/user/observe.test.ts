import { afterEach, expect, test } from 'vitest';
import { business } from './business/business.js';
import { observe, type Observed } from './observe.js';

let observed: Observed | undefined;
afterEach(async () => {
  await observed?.shutdown(1);
});

/** Nobody listens there. */
const url = 'http://127.0.0.1:9';

test('[A1] one call answers with a typed handle that says what is on; three wishes go to the server', () => {
  observed = observe({}, { url, alerting: true, slaMonitoring: true, dashboards: true, cacheMonitoring: false });
  expect(observed.components).toEqual({
    enhancedApm: true,
    businessMetrics: true,
    cacheMonitoring: false,
    alerting: true,
    slaMonitoring: true,
    dashboards: true,
  });
  expect(observed.framework).toBe('node:http');
  expect(observed.report().enabled).toBe(true);
});

test('[A1][A3] business metrics that are switched off say so', () => {
  observed = observe({}, { url, businessMetrics: false });
  expect(business.feature({ feature: 'export' })).toMatchObject({ outcome: 'off' });
});

test('[A6] an application that is not what it looks like is left alone', () => {
  const odd = {
    use() {
      throw new Error('no');
    },
    handle() {},
  };
  observed = observe(odd, { url });
  expect(observed.framework).toBe('node:http');
  expect(observed.report().faults).toMatchObject({ observe: 1 });
});
