import { parseSearch } from '@bellwether/model';
import { expect, test } from 'vitest';
import { peerTerms } from './peer-terms.js';

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
