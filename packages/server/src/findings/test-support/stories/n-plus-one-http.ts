import type { Step } from '../draft.js';
import { type Story, fault, innocent } from '../story.js';
import { ok, uuid } from '../common-steps.js';

export const nPlusOneHttp: readonly Story[] = [
  fault('n-plus-one-http', 'a profile for each id, one after the other', draft => {
    const n = draft.random.whole(6, 25);
    return draft
      .request('GET', '/feed')
      .loop(n, i => ({ http: 'GET', url: `http://users.internal:8080/users/${1000 + i * 7}`, ms: 8, by: 'users' }))
      .answer(ok);
  }),
  fault('n-plus-one-http', 'stock of each article, all at once', draft => {
    const n = draft.random.whole(8, 30);
    return draft
      .request('GET', '/cart')
      .together(
        Array.from({ length: n }, (): Step => ({
          http: 'GET',
          url: `https://stock.example.com/v1/items/${uuid(draft)}`,
          ms: 15,
        })),
      )
      .answer(ok);
  }),
  fault('n-plus-one-http', 'the id in the query', draft => {
    const n = draft.random.whole(6, 20);
    return draft
      .request('GET', '/team')
      .loop(n, i => ({ http: 'GET', url: `https://geo.example.com/lookup?user=${4200 + i}`, ms: 9 }))
      .answer(ok);
  }),
  fault('n-plus-one-http', 'a price for each line below a longer path', draft => {
    const n = draft.random.whole(6, 18);
    return draft
      .request('POST', '/quotes')
      .loop(
        n,
        () => ({
          http: 'GET',
          url: `http://prices.internal/catalog/articles/${draft.random.whole(10_000, 99_999)}/price`,
          ms: 6,
          by: 'prices',
        }),
        1,
      )
      .answer(ok);
  }),
  innocent('pages of a list', draft =>
    draft
      .request('GET', '/sync')
      .loop(draft.random.whole(6, 12), i => ({
        http: 'GET',
        url: `https://api.example.com/v2/contacts?page=${i + 1}&per_page=100`,
        ms: 60,
      }))
      .answer(ok),
  ),
  innocent('pages by a cursor', draft =>
    draft
      .job('sync')
      .loop(draft.random.whole(6, 12), i => ({
        http: 'GET',
        url: `https://api.example.com/v2/contacts?cursor=c${i}f${draft.random.whole(100, 999)}`,
        ms: 60,
      }))
      .answer({}),
  ),
  innocent('a poll', draft =>
    draft
      .request('POST', '/render')
      .loop(
        draft.random.whole(6, 12),
        () => ({ http: 'GET', url: 'https://render.example.com/jobs/8123', ms: 12 }),
        draft.random.of([200, 500, 1000]),
      )
      .answer(ok),
  ),
  innocent('different services at once', draft =>
    draft
      .request('GET', '/home')
      .together(
        ['users', 'orders', 'ads', 'news', 'stock', 'chat', 'mail'].map((name): Step => ({
          http: 'GET',
          url: `http://${name}.internal/home/42`,
          ms: 14,
          by: name,
        })),
      )
      .answer(ok),
  ),
  innocent('the same request to each replica', draft =>
    draft
      .request('GET', '/health/all')
      .together(
        Array.from({ length: draft.random.whole(6, 14) }, (_, i): Step => ({
          http: 'GET',
          url: `http://node-${i}.internal:9000/health`,
          ms: 5,
        })),
      )
      .answer(ok),
  ),
  innocent('parts of one file', draft =>
    draft
      .job('fetch')
      .together(
        Array.from({ length: draft.random.whole(6, 16) }, (): Step => ({
          http: 'GET',
          url: 'https://files.example.com/objects/8812345',
          status: 206,
          ms: 90,
        })),
        4,
      )
      .answer({}),
  ),
  innocent('deliveries to many hosts', draft =>
    draft
      .job('webhooks')
      .loop(draft.random.whole(6, 20), i => ({
        http: 'POST',
        url: `https://customer-${i}.example.com/hooks/123`,
        ms: 50,
      }))
      .answer({}),
  ),
  innocent('a few at a time, on purpose', draft =>
    draft
      .job('geocode')
      .together(
        Array.from({ length: draft.random.whole(20, 40) }, (_, i): Step => ({
          http: 'GET',
          url: `https://geo.example.com/places/${7000 + i}`,
          ms: 40,
        })),
        draft.random.of([3, 4, 5, 8]),
      )
      .answer({}),
  ),
  innocent('parts of an upload', draft =>
    draft
      .request('POST', '/videos')
      .loop(draft.random.whole(6, 16), i => ({
        http: 'PUT',
        url: `https://bucket.s3.example.com/videos/991?partNumber=${i + 1}`,
        ms: 70,
      }))
      .answer(ok),
  ),
  innocent('a handful', draft =>
    draft
      .request('GET', '/cart')
      .loop(draft.random.whole(2, 4), i => ({
        http: 'GET',
        url: `http://stock.internal/items/${i + 50}`,
        ms: 9,
        by: 'stock',
      }))
      .answer(ok),
  ),
];
