import type { Step } from '../draft.js';
import { type Story, fault, innocent } from '../story.js';
import { ok } from '../common-steps.js';

export const nPlusOneCache: readonly Story[] = [
  fault('n-plus-one-cache', 'a session for each member', draft =>
    draft
      .request('GET', '/members')
      .loop(draft.random.whole(15, 60), () => ({ cache: 'get', key: 'session:?', ms: 0.6 }), 0.1)
      .answer(ok),
  ),
  fault('n-plus-one-cache', 'a field of each hash', draft =>
    draft
      .request('GET', '/scores')
      .loop(draft.random.whole(15, 50), () => ({ cache: 'hget', key: 'player:?', ms: 0.7 }), 0.1)
      .answer(ok),
  ),
  fault('n-plus-one-cache', 'whole objects, one by one, with work between', draft =>
    draft
      .request('GET', '/catalog')
      .loop(draft.random.whole(14, 40), () => ({ cache: 'hgetall', key: 'product:?', ms: 0.8 }), 0.8)
      .answer(ok),
  ),
  fault('n-plus-one-cache', 'a job that reads a key per item', draft =>
    draft
      .job('rebuild index')
      .loop(draft.random.whole(20, 80), () => ({ cache: 'get', key: 'doc:?', ms: 0.6 }), 0.2)
      .answer({}),
  ),
  innocent('one command for all', draft =>
    draft
      .request('GET', '/members')
      .loop(draft.random.whole(2, 6), () => ({ cache: 'mget', key: 'session:?', ms: 1.2 }))
      .answer(ok),
  ),
  innocent('a pipeline', draft =>
    draft
      .request('GET', '/members')
      .calls({ cache: 'pipeline', key: '', ms: 2, more: { 'db.operation.batch.size': '40' } })
      .answer(ok),
  ),
  innocent('sent at once on one connection', draft =>
    draft
      .request('GET', '/members')
      .together(
        Array.from({ length: draft.random.whole(12, 40) }, (): Step => ({ cache: 'get', key: 'session:?', ms: 1.5 })),
      )
      .answer(ok),
  ),
  innocent('counters', draft =>
    draft
      .request('POST', '/events')
      .loop(draft.random.whole(10, 30), () => ({ cache: 'incr', key: 'hits:?', ms: 0.5 }))
      .answer(ok),
  ),
  innocent('a lock that is waited for', draft =>
    draft
      .request('POST', '/pay')
      .loop(draft.random.whole(10, 20), () => ({ cache: 'get', key: 'lock:?', ms: 0.5 }), draft.random.of([100, 200]))
      .answer(ok),
  ),
  innocent('a few of each kind', draft => {
    draft.request('GET', '/home');
    for (const key of ['user:?', 'cart:?', 'flags', 'menu:?', 'price:?'])
      draft.loop(2, () => ({ cache: 'get', key, ms: 0.6 }));
    return draft.answer(ok);
  }),
  innocent('a memory of the process', draft =>
    draft
      .request('GET', '/home')
      .loop(draft.random.whole(20, 60), () => ({ cache: 'get', key: 'rate:?', ms: 0.02, system: 'lru-cache' }), 0.01)
      .answer(ok),
  ),
  innocent('a stream that is waited on', draft =>
    draft
      .job('consumer')
      .loop(draft.random.whole(10, 20), () => ({ cache: 'xreadgroup', key: 'events', ms: 900 }))
      .answer({}),
  ),
];
