import { type Story, fault, innocent } from '../story.js';
import { ok, body, byId } from '../common-steps.js';

export const oversizedPayload: readonly Story[] = [
  fault('oversized-payload', 'an answer with everything in it', draft =>
    draft
      .request('GET', '/api/catalog')
      .calls(byId('catalogs', 20))
      .answer(body(draft.random.whole(1_300_000, 30_000_000))),
  ),
  fault('oversized-payload', 'a request with everything in it', draft =>
    draft
      .request('POST', '/api/orders', '/api/orders', '', {
        'http.request.body.size': String(draft.random.whole(1_300_000, 9_000_000)),
      })
      .answer(ok),
  ),
  fault('oversized-payload', 'a message with a document in it', draft =>
    draft
      .request('POST', '/jobs')
      .calls({
        span: 'jobs publish',
        kind: 4,
        ms: 6,
        more: {
          'messaging.system': 'rabbitmq',
          'messaging.message.body.size': String(draft.random.whole(400_000, 5_000_000)),
        },
      })
      .answer(ok),
  ),
  fault('oversized-payload', 'a service whose answer is too large', draft =>
    draft
      .request('GET', '/report-page')
      .calls({
        http: 'GET',
        url: 'https://crm.example.com/contacts',
        ms: 90,
        more: { 'http.response.body.size': String(draft.random.whole(1_500_000, 8_000_000)) },
      })
      .answer(ok),
  ),
  innocent('a download', draft =>
    draft.request('GET', '/files/:id', '/files/4711').answer(body(draft.random.whole(2_000_000, 90_000_000))),
  ),
  innocent('an export', draft =>
    draft.request('GET', '/orders/export').answer(body(draft.random.whole(2_000_000, 90_000_000))),
  ),
  innocent('a picture', draft =>
    draft.request('GET', '/products/:id/photo.jpg', '/products/3/photo.jpg').answer(body(3_000_000)),
  ),
  innocent('an upload', draft =>
    draft.request('POST', '/uploads', '/uploads', '', { 'http.request.body.size': '40000000' }).answer(ok),
  ),
  innocent('a script', draft => draft.request('GET', '/static/main.js').answer(body(2_500_000))),
  innocent('a small answer', draft =>
    draft.request('GET', '/api/orders').answer(body(draft.random.whole(1000, 800_000))),
  ),
  innocent('a small message', draft =>
    draft
      .request('POST', '/jobs')
      .calls({
        span: 'jobs publish',
        kind: 4,
        ms: 6,
        more: { 'messaging.system': 'rabbitmq', 'messaging.message.body.size': '90000' },
      })
      .answer(ok),
  ),
  innocent('something else than a document', draft =>
    draft
      .request('GET', '/render')
      .answer({ ...body(5_000_000), 'http.response.header.content-type': 'application/pdf' }),
  ),
  innocent('a part of a file', draft =>
    draft
      .request('GET', '/play')
      .answer({ ...body(5_000_000), 'http.response.status_code': '206', 'http.status_code': '206' }),
  ),
];
