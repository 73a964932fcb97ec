import { expect, test } from 'vitest';
import { nodeTitle } from './map-words.js';

test('a node is called as on the page of its kind', () => {
  expect(nodeTitle({ kind: 'database', name: 'postgresql shop' })).toBe('PostgreSQL shop');
  expect(nodeTitle({ kind: 'queue', name: 'rabbitmq order.created' })).toBe('RabbitMQ order.created');
  expect(nodeTitle({ kind: 'cache', name: 'redis' })).toBe('Redis');
  expect(nodeTitle({ kind: 'service', name: 'redis' })).toBe('redis');
  expect(nodeTitle({ kind: 'external', name: 'api.example.com' })).toBe('api.example.com');
});
