import { expect, test } from 'vitest';
import { linkAddress } from './address.js';

test.each([
  ['https://example.org/x', 'https://example.org/x'],
  ['/services?q=a', '/services?q=a'],
  ['mailto:ops@example.org', 'mailto:ops@example.org'],
  ['/d/abc123/node-exporter?var-node=a&from=now-1h', '/dashboards/abc123?var-node=a&from=now-1h'],
  ['./d/abc123', '/dashboards/abc123'],
  ['javascript:alert(1)', undefined],
  [' java\nscript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
])('%j leads to %j', (url, address) => {
  expect(linkAddress(url)).toBe(address);
});
