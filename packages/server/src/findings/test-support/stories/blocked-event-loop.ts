import { type Story, fault, innocent } from '../story.js';
import { ok, byId } from '../common-steps.js';

export const blockedEventLoop: readonly Story[] = [
  fault('blocked-event-loop', 'a large document is parsed', draft =>
    draft.request('POST', '/import').stall(draft.random.whole(150, 4000), '/srv/app/src/parse.ts:41').answer(ok),
  ),
  fault('blocked-event-loop', 'a password is hashed in place', draft =>
    draft
      .request('POST', '/login')
      .calls(byId('users'))
      .stall(draft.random.whole(120, 600), '/srv/app/src/login.ts:12')
      .answer(ok),
  ),
  innocent('a short stall', draft =>
    draft.request('GET', '/x').stall(draft.random.whole(50, 95), '/srv/app/src/x.ts:4').answer(ok),
  ),
  innocent('a request that waits for something unseen', draft =>
    draft.request('GET', '/x').pause(draft.random.whole(500, 3000)).answer(ok),
  ),
  innocent('a slow service', draft =>
    draft.request('GET', '/x').calls({ http: 'GET', url: 'https://slow.example.com/', ms: 2000 }).answer(ok),
  ),
  innocent('long work in a worker', draft =>
    draft.request('GET', '/x').calls({ span: 'worker.run', ms: 1500 }).answer(ok),
  ),
];
