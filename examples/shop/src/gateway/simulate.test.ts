import { expect, test } from 'vitest';
import { developmentOnly } from './simulate.js';

test('[W37] simulations answer on this machine in development only', () => {
  expect(() => developmentOnly('127.0.0.1', undefined)).not.toThrow();
  expect(() => developmentOnly('::1', 'development')).not.toThrow();
  expect(() => developmentOnly('127.0.0.1', 'production')).toThrow('off when NODE_ENV is production');
  expect(() => developmentOnly('10.0.0.7', 'development')).toThrow('only on this machine');
});
