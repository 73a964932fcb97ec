import { expect, test } from 'vitest';
import { PartitionLags } from './partition-lags.js';

test('[G3] the lag of a topic is that of its partitions together, by their newest batches', () => {
  const lags = new PartitionLags();
  expect(lags.waiting('orders')).toBeUndefined();
  expect(lags.note({ topic: 'orders', partition: 0, offsetLag: '7' })).toBe(true);
  expect(lags.note({ topic: 'orders', partition: 1, offsetLag: '5' })).toBe(false);
  lags.note({ topic: 'orders', partition: 0, offsetLag: '2' });
  expect(lags.waiting('orders')).toBe(7);
});

test('[G3] a rebalance takes the lag of partitions along that went to another member; a topic without any has none', () => {
  const lags = new PartitionLags();
  for (const partition of [0, 1, 2]) lags.note({ topic: 'orders', partition, offsetLag: '10' });
  lags.note({ topic: 'refunds', partition: 0, offsetLag: '4' });
  lags.keepAssigned({ orders: [1], refunds: [0] });
  expect([lags.waiting('orders'), lags.waiting('refunds')]).toEqual([10, 4]);
  lags.keepAssigned({ orders: [] });
  expect([lags.waiting('orders'), lags.waiting('refunds')]).toEqual([0, 0]);
  // And it is told of again once a partition is back.
  lags.note({ topic: 'orders', partition: 2, offsetLag: '3' });
  expect(lags.waiting('orders')).toBe(3);
});

test('what is no lag is left out, and so are topics and partitions without end', () => {
  const lags = new PartitionLags();
  for (const payload of [
    undefined,
    {},
    { topic: 'a', partition: '0', offsetLag: '1' },
    { topic: 'a', partition: 0, offsetLag: 'x' },
  ])
    expect(lags.note(payload)).toBe(false);
  for (let i = 0; i < 300; i++) lags.note({ topic: `t${i}`, partition: 0, offsetLag: '1' });
  expect([lags.waiting('t199'), lags.waiting('t200')]).toEqual([1, undefined]);
  for (let i = 0; i < 1200; i++) lags.note({ topic: 't0', partition: i, offsetLag: '1' });
  expect(lags.waiting('t0')).toBe(1000);
});
