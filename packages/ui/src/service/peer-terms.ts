import { writeTerm } from '../search/write-term.js';

/**
 * The search terms that find the calls to a peer. A peer is made of a span's attributes when it is stored
 * (see `peer-word.ts` of the server), so its text says which attributes to ask for.
 */
export function peerTerms(peer: string, type: string): string {
  const [first = '', ...others] = peer.split(' ');
  const rest = others.join(' ');
  if (type === 'db' || type === 'cache') {
    return both(either(['db.system.name', 'db.system'], first), either(['db.namespace', 'db.name'], rest));
  }
  if (type === 'queue') {
    return both(
      writeTerm('messaging.system', first),
      either(['messaging.destination.name', 'messaging.destination'], rest),
    );
  }
  const address = /^(.+):(\d{1,5})$/.exec(peer);
  if (address === null) return either(['service.peer.name', 'peer.service', 'server.address', 'net.peer.name'], peer);
  const [, host = '', port = ''] = address;
  return both(either(['server.address', 'net.peer.name'], host), either(['server.port', 'net.peer.port'], port));
}

/** The search terms that find the calls to whatever is behind any of `addresses`, each a peer as above. */
export function addressTerms(addresses: readonly string[], type: string): string {
  const terms = addresses.filter(address => address !== '').map(address => peerTerms(address, type));
  return terms.length < 2 ? (terms[0] ?? '') : `(${terms.map(term => `(${term})`).join(' OR ')})`;
}

/** Newer and older names of one attribute; nothing for an empty value. */
function either(keys: readonly string[], value: string): string {
  return value === '' ? '' : `(${keys.map(key => writeTerm(key, value)).join(' OR ')})`;
}

function both(one: string, other: string): string {
  return other === '' ? one : `${one} ${other}`;
}
