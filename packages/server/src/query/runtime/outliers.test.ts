import type { InstanceRow } from '@bellwether/model';
import { expect, test } from 'vitest';
import { outlierOf } from './outliers.js';

type Figures = Omit<InstanceRow, 'outlier'>;

const calm: Figures = {
  instance: 'a',
  host: '',
  version: '',
  lastSeen: 0,
  requests: 100,
  requestsPerSecond: 1,
  errorRatio: 0,
  p95Ms: 100,
  cpu: 0.2,
  memoryBytes: 100,
  heapShare: null,
  loopUtilization: null,
  loopDelayP99Ms: null,
  uptimeSeconds: null,
};

test('[R2] an instance stands out by what is twice that of its like, and says by what', () => {
  const like: readonly Figures[] = [
    { ...calm, instance: 'b' },
    { ...calm, instance: 'c' },
  ];
  const sign = (row: Partial<Figures>): string => {
    const own = { ...calm, ...row };
    return outlierOf(own, [own, ...like]);
  };
  expect(sign({})).toBe('');
  expect(sign({ p95Ms: 310 })).toBe('p95 3.1 times that of the others');
  expect(sign({ p95Ms: 310, requests: 5 })).toBe('');
  expect(sign({ errorRatio: 0.05 })).toBe('fails more often than the others');
  expect(sign({ memoryBytes: 250, cpu: 0.8 })).toBe(
    'memory 2.5 times that of the others; CPU 4.0 times that of the others',
  );
  expect(outlierOf(calm, [calm])).toBe('');
});
