import { type Story, fault, innocent } from '../story.js';
import { body, byId } from '../common-steps.js';

export const missingPagination: readonly Story[] = [
  fault(['missing-pagination', 'unbounded-result'], 'a list of everything', draft => {
    const rows = draft.random.whole(1500, 9000);
    return draft
      .request('GET', '/products')
      .calls({ sql: 'SELECT * FROM products', rows, ms: 60 })
      .answer(body(rows * draft.random.whole(80, 110)));
  }),
  fault(['missing-pagination', 'unbounded-result'], 'all of a user, filtered by a word', draft => {
    const rows = draft.random.whole(1500, 6000);
    return draft
      .request('GET', '/users/:id/events', '/users/7/events', 'type=login')
      .calls({ sql: 'SELECT * FROM events WHERE user_id = $1', rows, ms: 60 })
      .answer(body(rows * 100));
  }),
  fault('missing-pagination', 'a list that has only begun to grow', draft => {
    const rows = draft.random.whole(550, 950);
    return draft
      .request('GET', '/api/tickets')
      .calls({ sql: 'SELECT * FROM tickets WHERE project_id = $1 ORDER BY created', rows, ms: 40 })
      .answer(body(rows * draft.random.whole(250, 500)));
  }),
  innocent('a page', draft =>
    draft
      .request('GET', '/products', '/products', 'page=3&limit=1000')
      .calls({ sql: 'SELECT * FROM products ORDER BY id LIMIT 1000 OFFSET $1', rows: 1000, ms: 30 })
      .answer(body(200_000)),
  ),
  innocent('a page that is bounded by its caller', draft =>
    draft
      .request('GET', '/feed', '/feed', 'cursor=abc&first=600')
      .calls({ sql: 'SELECT * FROM posts WHERE score < $1', rows: 600, ms: 30 })
      .answer(body(150_000)),
  ),
  innocent('a file', draft =>
    draft
      .request('GET', '/reports/orders.csv')
      .calls({ sql: 'SELECT * FROM orders WHERE month = $1', rows: 900, ms: 60 })
      .answer(body(900_000)),
  ),
  innocent('an export', draft =>
    draft
      .request('GET', '/orders/export')
      .calls({ sql: 'SELECT * FROM orders WHERE month = $1', rows: 900, ms: 60 })
      .answer(body(900_000)),
  ),
  innocent('a sum of many rows', draft =>
    draft
      .request('GET', '/balance')
      .calls({ sql: 'SELECT amount FROM bookings WHERE account_id = $1', rows: 900, ms: 30 })
      .answer(body(120)),
  ),
  innocent('a short list', draft =>
    draft
      .request('GET', '/countries')
      .calls({ sql: 'SELECT * FROM countries', rows: 249, ms: 5 })
      .answer(body(120_000)),
  ),
  innocent('a large answer of a few rows', draft =>
    draft.request('GET', '/articles/:id', '/articles/4').calls(byId('articles')).answer(body(400_000)),
  ),
  innocent('a list within its limit', draft =>
    draft
      .request('GET', '/messages')
      .calls({ sql: 'SELECT * FROM messages WHERE room_id = $1 ORDER BY id DESC LIMIT 800', rows: 800, ms: 30 })
      .answer(body(160_000)),
  ),
  innocent('answered from a list of keys', draft =>
    draft
      .request('GET', '/bulk', '/bulk', 'ids=1,2,3')
      .calls({ sql: 'SELECT * FROM products WHERE id IN ($1)', rows: 700, ms: 30 })
      .answer(body(200_000)),
  ),
  innocent('a write that reads much', draft =>
    draft
      .request('POST', '/recount')
      .calls({ sql: 'SELECT id FROM votes WHERE poll_id = $1', rows: 900, ms: 30 })
      .answer(body(150_000)),
  ),
];
