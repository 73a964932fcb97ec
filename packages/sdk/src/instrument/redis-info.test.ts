import { expect, test } from 'vitest';
import { figuresOfInfo } from './redis-info.js';

test('[F3] evictions, memory and keys of all databases are read from INFO', () => {
  const text =
    '# Memory\r\nused_memory:1024\r\nmaxmemory:0\r\n# Stats\r\nexpired_keys:3\r\nevicted_keys:7\r\n# Keyspace\r\ndb0:keys=2,expires=0\r\ndb3:keys=5,expires=1\r\n';
  expect(figuresOfInfo(text)).toEqual({ evictions: 7, expired: 3, memoryBytes: 1024, maxMemoryBytes: 0, items: 7 });
});

test('a figure that is missing is no number', () => {
  expect(figuresOfInfo('nonsense').evictions).toBeNaN();
});
