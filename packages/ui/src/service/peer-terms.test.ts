import { parseSearch } from '@bellwether/model';
import { expect, test } from 'vitest';
import { addressTerms, peerTerms } from './peer-terms.js';

test.each([
  ['postgresql shop', 'db', '(db.system.name:postgresql OR db.system:postgresql) (db.namespace:shop OR db.name:shop)'],
  ['redis', 'cache', '(db.system.name:redis OR db.system:redis)'],
  [
    'kafka order.created',
    'queue',
    'messaging.system:kafka (messaging.destination.name:order.created OR messaging.destination:order.created)',
  ],
  [
    'payments:8080',
    'http',
    '(server.address:payments OR net.peer.name:payments) (server.port:8080 OR net.peer.port:8080)',
  ],
  [
    'catalogue',
    'http',
    '(service.peer.name:catalogue OR peer.service:catalogue OR server.address:catalogue OR net.peer.name:catalogue)',
  ],
])('%s is found by its attributes', (peer, type, terms) => {
  expect(peerTerms(peer, type)).toBe(terms);
  expect(() => parseSearch(terms, 'spans')).not.toThrow();
});

test('a service is found behind each of its addresses', () => {
  const terms = addressTerms(['10.0.0.7:80', '10.0.0.8:80'], 'http');
  expect(terms).toBe(`((${peerTerms('10.0.0.7:80', 'http')}) OR (${peerTerms('10.0.0.8:80', 'http')}))`);
  expect(() => parseSearch(terms, 'spans')).not.toThrow();
  expect(addressTerms(['redis'], 'cache')).toBe(peerTerms('redis', 'cache'));
  expect(addressTerms([''], 'other')).toBe('');
});
