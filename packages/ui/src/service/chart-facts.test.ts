import { expect, test } from 'vitest';
import { apdexWord, headlineStep, latencyTone, layerNames, splitOperation, splitPeer, toned } from './chart-facts.js';

test('a headline is the last complete step', () => {
  expect(headlineStep([1, 2, 3], true)).toBe(1);
  expect(headlineStep([1, 2, 3], false)).toBe(2);
});

test('a quiet service shows its value of a moment ago, not of long ago', () => {
  expect(headlineStep([1, 2, null, null, 5], true)).toBe(1);
  expect(headlineStep([1, null, null, null, null], true)).toBeUndefined();
});

test('in the first minute the step that is still filling stands in', () => {
  expect(headlineStep([null, null, 4], true)).toBe(2);
});

test('a change is coloured only where a direction is good or bad, and zero never', () => {
  expect(toned('+12%', 0.1, 'rise-is-bad').tone).toBe('bad');
  expect(toned('−12%', -0.1, 'rise-is-bad').tone).toBe('good');
  expect(toned('−0.17', -0.17, 'rise-is-good').tone).toBe('bad');
  expect(toned('+12%', 0.1, 'neither').tone).toBe('flat');
  expect(toned('0%', 0.001, 'rise-is-bad').tone).toBe('flat');
  expect(latencyTone(0.03)).toBe('flat');
  expect(latencyTone(-0.2)).toBe('good');
});

test('Apdex has its words', () => {
  expect([0.97, 0.9, 0.79, 0.6, 0.2, undefined].map(apdexWord)).toEqual([
    'excellent',
    'good',
    'fair',
    'poor',
    'unacceptable',
    undefined,
  ]);
});

test('operations and peers are split into what reads well', () => {
  expect(splitOperation('GET /orders/:id', 'server')).toEqual({ method: 'GET', name: '/orders/:id' });
  expect(splitOperation('order.created process', 'consumer')).toEqual({
    method: 'QUEUE',
    name: 'order.created process',
  });
  expect(splitPeer('postgresql shop', 'db')).toEqual({ title: 'PostgreSQL', below: 'shop' });
  expect(splitPeer('payments:8080', 'http')).toEqual({ title: 'payments:8080', below: 'HTTP' });
  expect(splitPeer('redis', 'cache')).toEqual({ title: 'Redis', below: 'Cache' });
});

test('layers are named as short as they can be told apart', () => {
  expect(layerNames(['App', 'postgresql orders', 'redis', 'Other'])).toEqual(['App', 'PostgreSQL', 'Redis', 'Other']);
  expect(layerNames(['postgresql a', 'postgresql b', 'Other', 'Other'])).toEqual([
    'postgresql a',
    'postgresql b',
    'Other',
    'Other 2',
  ]);
});
