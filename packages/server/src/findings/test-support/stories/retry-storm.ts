import type { Step } from '../draft.js';
import { type Story, fault, innocent } from '../story.js';
import { ok } from '../common-steps.js';

export const retryStorm: readonly Story[] = [
  fault('retry-storm', 'again at once, until it gives up', draft =>
    draft
      .request('POST', '/pay')
      .loop(
        draft.random.whole(5, 10),
        () => ({ http: 'POST', url: 'https://pay.example.com/v1/charges', status: 503, ms: 20 }),
        2,
      )
      .answer({ 'http.response.status_code': '502' }),
  ),
  fault('retry-storm', 'until it works', draft => {
    const n = draft.random.whole(4, 8);
    return draft
      .request('GET', '/quote')
      .loop(
        n,
        i => ({
          http: 'GET',
          url: 'http://rates.internal/rates/EUR',
          status: i === n - 1 ? 200 : 500,
          ms: 15,
          by: 'rates',
        }),
        5,
      )
      .answer(ok);
  }),
  fault('retry-storm', 'told to slow down', draft =>
    draft
      .job('push')
      .loop(
        draft.random.whole(6, 20),
        () => ({ http: 'POST', url: 'https://push.example.com/send', status: 429, ms: 12 }),
        draft.random.of([1, 20, 60]),
      )
      .answer({}),
  ),
  fault('retry-storm', 'a statement that fails each time', draft =>
    draft
      .request('POST', '/book')
      .loop(
        draft.random.whole(5, 9),
        () => ({ sql: 'UPDATE seats SET state = $1 WHERE id = $2', fails: true, ms: 8 }),
        3,
      )
      .answer({}),
  ),
  fault('retry-storm', 'no answer at all', draft =>
    draft
      .request('GET', '/profile')
      .loop(draft.random.whole(4, 8), () => ({ http: 'GET', url: 'http://avatars.internal/42', status: 0, ms: 30 }), 10)
      .answer(ok),
  ),
  innocent('pauses that double', draft => {
    draft.request('POST', '/pay');
    for (let i = 0; i < draft.random.whole(4, 5); i++)
      draft.loop(
        1,
        () => ({ http: 'POST', url: 'https://pay.example.com/v1/charges', status: 503, ms: 20 }),
        100 * 2 ** i,
      );
    return draft.answer({});
  }),
  innocent('two tries', draft =>
    draft
      .request('POST', '/pay')
      .loop(
        draft.random.whole(2, 3),
        () => ({ http: 'POST', url: 'https://pay.example.com/v1/charges', status: 503, ms: 20 }),
        2,
      )
      .answer({}),
  ),
  innocent('a poll that is told "not yet"', draft =>
    draft
      .request('GET', '/wait')
      .loop(
        draft.random.whole(6, 10),
        i => ({ http: 'GET', url: 'https://render.example.com/jobs/7', status: i === 5 ? 200 : 404, ms: 10 }),
        50,
      )
      .answer(ok),
  ),
  innocent('many different things that fail', draft =>
    draft
      .request('GET', '/feed')
      .loop(draft.random.whole(5, 12), i => ({
        http: 'GET',
        url: `http://images.internal/meta/${i + 100}`,
        status: 500,
        ms: 9,
        by: 'images',
      }))
      .answer(ok),
  ),
  innocent('a crowd that fails together', draft =>
    draft
      .request('GET', '/feed')
      .together(
        Array.from({ length: draft.random.whole(5, 12) }, (): Step => ({
          http: 'GET',
          url: 'http://down.internal/x',
          status: 500,
          ms: 30,
        })),
      )
      .answer(ok),
  ),
  innocent('a second between tries', draft =>
    draft
      .job('deliver')
      .loop(
        draft.random.whole(4, 8),
        () => ({ http: 'POST', url: 'https://hooks.example.com/a', status: 500, ms: 30 }),
        1000,
      )
      .answer({}),
  ),
  innocent('invalid requests', draft =>
    draft
      .request('POST', '/import')
      .loop(draft.random.whole(5, 12), () => ({
        http: 'POST',
        url: 'http://validate.internal/rows',
        status: 422,
        ms: 8,
        by: 'validate',
      }))
      .answer(ok),
  ),
  innocent('the same call, and it works', draft =>
    draft
      .request('POST', '/batch')
      .loop(draft.random.whole(5, 12), () => ({
        http: 'POST',
        url: 'http://jobs.internal/enqueue',
        status: 202,
        ms: 8,
        by: 'jobs',
      }))
      .answer(ok),
  ),
  innocent('one failure among many', draft =>
    draft
      .request('POST', '/batch')
      .loop(draft.random.whole(6, 12), i => ({
        http: 'POST',
        url: 'http://jobs.internal/enqueue',
        status: i % 4 === 1 ? 503 : 202,
        ms: 8,
        by: 'jobs',
      }))
      .answer(ok),
  ),
];
