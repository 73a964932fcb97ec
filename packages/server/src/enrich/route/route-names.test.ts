import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathInName, pathTemplate } from './path-template.js';
import { RouteNames } from './route-names.js';

test.each([
  ['/orders/8812', '/orders/:id'],
  ['/orders/8812/items/3?full=1#top', '/orders/:id/items/:id'],
  ['/v1/carts/8d3f0a52-6c1b-4d7e-9f2a-1b3c5d7e9f01/items', '/v1/carts/:id/items'],
  ['/commits/9fceb02d0ae598e95dc970b74767f19372d61af8', '/commits/:id'],
  ['/o/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/o/:id'],
  ['/pay/ord_8d3f0a52', '/pay/:id'],
  ['/invoices/inv-2026-00017', '/invoices/:id'],
  ['/products/red-running-shoes-4711', '/products/:slug'],
  ['/products/4711-red-shoes', '/products/:slug'],
  ['/reports/2026-11-21', '/reports/:date'],
  ['/users/ann@example.com', '/users/:email'],
  ['/users/ann%40example.com/cart', '/users/:email/cart'],
  ['/t/V1StGXR8_Z5jdHi6B-myT', '/t/:id'],
  ['/assets/main.8f3a9c1b.js', '/assets/:file'],
  ['/assets/logo.png', '/assets/logo.png'],
  ['/search/caf%C3%A9', '/search/:slug'],
  ['/api/v2/oauth2/token', '/api/v2/oauth2/token'],
  ['/health', '/health'],
  ['/order-items/checkout_session', '/order-items/checkout_session'],
  ['/orders/:id', '/orders/:id'],
  ['/', '/'],
  ['', '/'],
  ['/a/', '/a'],
  ['/a/b/c/d/e/f/g/h/i/j/k/l/m/n', '/a/b/c/d/e/f/g/h/i/j/k/l/*'],
])('the path %s belongs to the route %s', (path, route) => {
  expect(pathTemplate(path)).toBe(route);
  expect(pathTemplate(route)).toBe(route);
});

test('patterns of the configuration come first', () => {
  const routes = new RouteNames(['/shops/:slug/products/:id', '/static/*', '/shops/new']);
  const routeOf = (path: string): string => routes.of('shop', path, true);
  expect(routeOf('/shops/acme/products/red')).toBe('/shops/:slug/products/:id');
  expect(routeOf('/shops/new')).toBe('/shops/new');
  expect(routeOf('/static/a/b/c.js')).toBe('/static/*');
  expect(routeOf('/orders/1')).toBe('/orders/:id');
});

test('names without end are cut where they begin, counted, and known ones stay', () => {
  const routes = new RouteNames();
  const distinct = new Set<string>();
  for (let i = 0; i < 5000; i++) distinct.add(routes.of('shop', `/tags/${word(i)}`, true));
  expect(distinct.size).toBe(61);
  expect(routes.of('shop', '/tags/unheard', true)).toBe('/tags/*');
  expect(routes.of('shop', `/tags/${word(0)}`, true)).toBe(`/tags/${word(0)}`);
  expect(routes.of('shop', '/orders/7', true)).toBe('/orders/:id');
  expect(routes.overflowed).toBe(5000 - 60 + 1);
});

test('what was not found teaches nothing: a scanner uses up no names', () => {
  const routes = new RouteNames();
  routes.of('shop', '/orders/1', true);
  expect(routes.of('shop', '/wp-admin/setup.php', false)).toBe('/*');
  expect(routes.of('shop', '/orders/unknown', false)).toBe('/orders/*');
  expect(routes.of('shop', '/orders/2', false)).toBe('/orders/:id');
  expect(routes.overflowed).toBe(0);
});

test('names of spans with a path in them are recognised', () => {
  expect(pathInName('GET /orders/1?a=b')).toEqual({ method: 'GET', origin: '', path: '/orders/1?a=b' });
  expect(pathInName('POST https://api.example/a')).toEqual({
    method: 'POST',
    origin: 'https://api.example',
    path: '/a',
  });
  for (const name of ['GET', 'pg.query', '/pkg.Service/Method', 'GET orders', 'GET /a b'])
    expect(pathInName(name)).toBeUndefined();
});

test('any path has a route, quickly, and the route of a route is itself', () => {
  fc.assert(
    fc.property(fc.webPath(), path => {
      const route = pathTemplate(path);
      expect(pathTemplate(route)).toBe(route);
    }),
    { numRuns: 2000 },
  );
  for (const unit of ['/', '/a', '-1', '%41', 'aB1', '.', '_', '@'])
    expect(pathTemplate(`/${unit.repeat(50_000)}`).length).toBeLessThan(200);
}, 10_000);

/** A different word of letters for each number. */
function word(i: number): string {
  return [...String(i)].map(digit => 'abcdefghij'.charAt(Number(digit))).join('x');
}
