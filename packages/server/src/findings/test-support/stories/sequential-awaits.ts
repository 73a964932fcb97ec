import { type Story, fault, innocent } from '../story.js';
import { ok, uuid } from '../common-steps.js';

export const sequentialAwaits: readonly Story[] = [
  fault('sequential-awaits', 'services asked by the ids of the address', draft => {
    const id = String(draft.random.whole(1000, 9999));
    return draft
      .request('GET', '/dashboard/:id', `/dashboard/${id}`)
      .calls(
        { http: 'GET', url: `http://users.internal/users/${id}`, ms: 40, by: 'users' },
        { http: 'GET', url: `http://orders.internal/orders?user=${id}`, ms: 60, by: 'orders' },
        { http: 'GET', url: `http://loyalty.internal/points/${id}`, ms: 45, by: 'loyalty' },
      )
      .answer(ok);
  }),
  fault('sequential-awaits', 'services that need nothing', draft =>
    draft
      .request('GET', '/home')
      .calls(
        { http: 'GET', url: 'https://weather.example.com/now', ms: 70 },
        { http: 'GET', url: 'https://rates.example.com/latest', ms: 55 },
        { http: 'GET', url: 'https://news.example.com/top', ms: 80 },
        { http: 'GET', url: 'http://menu.internal/menu', ms: 30, by: 'menu' },
      )
      .answer(ok),
  ),
  fault('sequential-awaits', 'tables by the same key', draft =>
    draft
      .request('GET', '/account')
      .calls(
        { sql: 'SELECT * FROM orders WHERE user_id = $1 LIMIT 20', rows: 20, ms: 35 },
        { sql: 'SELECT * FROM cards WHERE user_id = $1 LIMIT 5', rows: 2, ms: 25 },
        { sql: 'SELECT * FROM wishes WHERE user_id = $1 LIMIT 20', rows: 9, ms: 30 },
        { sql: 'SELECT * FROM messages WHERE user_id = $1 LIMIT 20', rows: 20, ms: 30 },
      )
      .answer(ok),
  ),
  fault('sequential-awaits', 'sums of a report', draft =>
    draft
      .request('GET', '/stats')
      .calls(
        { sql: 'SELECT count(*) FROM orders', rows: 1, ms: 60 },
        { sql: 'SELECT sum(amount) FROM payments', rows: 1, ms: 50 },
        { sql: 'SELECT count(*) FROM visits', rows: 1, ms: 55 },
      )
      .answer(ok),
  ),
  innocent('each needs what the one before brought', draft =>
    draft
      .request('GET', '/orders/:id', `/orders/${draft.random.whole(100, 999)}`)
      .calls(
        { http: 'GET', url: `http://customers.internal/customers/${uuid(draft)}`, ms: 40, by: 'customers' },
        { http: 'GET', url: `http://addresses.internal/addresses/${uuid(draft)}`, ms: 50, by: 'addresses' },
        {
          http: 'GET',
          url: `http://zones.internal/zones/${draft.random.whole(10_000, 99_999)}`,
          ms: 45,
          by: 'zones',
        },
      )
      .answer(ok),
  ),
  innocent('a chain of tables by different keys', draft =>
    draft
      .request('GET', '/orders/:id', '/orders/5')
      .calls(
        { sql: 'SELECT * FROM orders WHERE id = $1', rows: 1, ms: 30 },
        { sql: 'SELECT * FROM customers WHERE id = $1', rows: 1, ms: 30 },
        { sql: 'SELECT * FROM countries WHERE code = $1', rows: 1, ms: 30 },
        { sql: 'SELECT * FROM taxes WHERE country_id = $1', rows: 1, ms: 30 },
      )
      .answer(ok),
  ),
  innocent('a transaction', draft =>
    draft
      .request('POST', '/pay')
      .calls(
        { sql: 'BEGIN', ms: 1 },
        { sql: 'SELECT * FROM carts WHERE user_id = $1', rows: 1, ms: 30 },
        { sql: 'SELECT * FROM cards WHERE user_id = $1', rows: 1, ms: 30 },
        { sql: 'SELECT * FROM limits WHERE user_id = $1', rows: 1, ms: 30 },
        { sql: 'UPDATE accounts SET balance = $2 WHERE user_id = $1', rows: 1, ms: 20 },
        { sql: 'COMMIT', ms: 5 },
      )
      .answer(ok),
  ),
  innocent('guards, and then the work', draft =>
    draft
      .request('GET', '/documents')
      .calls(
        { http: 'GET', url: 'http://auth.internal/session', ms: 40, by: 'auth' },
        { http: 'GET', url: 'http://access.internal/permissions', ms: 35, by: 'access' },
        { http: 'GET', url: 'http://documents.internal/documents', ms: 60, by: 'documents' },
      )
      .answer(ok),
  ),
  innocent('already together', draft =>
    draft
      .request('GET', '/home')
      .together([
        { http: 'GET', url: 'https://weather.example.com/now', ms: 70 },
        { http: 'GET', url: 'https://rates.example.com/latest', ms: 55 },
        { http: 'GET', url: 'https://news.example.com/top', ms: 80 },
      ])
      .answer(ok),
  ),
  innocent('too fast to matter', draft =>
    draft
      .request('GET', '/account')
      .calls(
        { sql: 'SELECT * FROM orders WHERE user_id = $1 LIMIT 20', rows: 20, ms: 1 },
        { sql: 'SELECT * FROM cards WHERE user_id = $1 LIMIT 5', rows: 2, ms: 1 },
        { sql: 'SELECT * FROM wishes WHERE user_id = $1 LIMIT 20', rows: 9, ms: 1 },
      )
      .answer(ok),
  ),
  innocent('steps that change something', draft =>
    draft
      .request('POST', '/orders')
      .calls(
        { http: 'POST', url: 'http://stock.internal/reserve', ms: 50, by: 'stock' },
        { http: 'POST', url: 'https://pay.example.com/charge', ms: 90 },
        { http: 'POST', url: 'http://mail.internal/send', ms: 40, by: 'mail' },
      )
      .answer(ok),
  ),
  innocent('work of its own between', draft =>
    draft
      .request('GET', '/render')
      .calls({ http: 'GET', url: 'http://a.internal/template', ms: 40, by: 'a' })
      .pause(60)
      .calls({ http: 'GET', url: 'http://b.internal/data', ms: 40, by: 'b' })
      .pause(60)
      .calls({ http: 'GET', url: 'http://c.internal/style', ms: 40, by: 'c' })
      .answer(ok),
  ),
];
