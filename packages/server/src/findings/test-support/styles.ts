import type { Facts, Step, Style } from './draft.js';

const tableOf = (sql: string): string => /(?:from|into|update)\s+["`]?(?:\w+["`]?\.["`]?)?(\w+)/i.exec(sql)?.[1] ?? '';
const operationOf = (sql: string): string => (/^\w+/.exec(sql)?.[0] ?? '').toUpperCase();

/** As our SDK sends: today's names, queries right below the request, statements as they were written. */
export const flat: Style = {
  name: 'flat',
  layers: [],
  wrapsTurns: false,
  jitter: 0.25,
  request: (method, route, path, query) => ({
    name: `${method} ${route}`,
    facts: {
      'http.request.method': method,
      'http.route': route,
      'url.path': path,
      ...(query === '' ? {} : { 'url.query': query }),
    },
  }),
  write(step) {
    if ('sql' in step) {
      const [operation, table] = [operationOf(step.sql), tableOf(step.sql)];
      return {
        name: `${operation} ${table}`.trim(),
        kind: 3,
        facts: {
          'db.system.name': 'postgresql',
          'db.namespace': 'shop',
          'server.address': step.host ?? 'db.internal',
          'db.operation.name': operation,
          'db.query.text': step.sql,
          'db.query.summary': `${operation} ${table}`.trim(),
          ...(table === '' ? {} : { 'db.collection.name': table }),
          ...(step.rows === undefined ? {} : { 'db.response.returned_rows': String(step.rows) }),
        },
      };
    }
    if ('cache' in step)
      return {
        name: step.cache,
        kind: 3,
        facts: {
          'db.system.name': step.system ?? 'redis',
          'db.operation.name': step.cache,
          'db.query.text': `${step.cache} ${step.key}`,
          'server.address': 'redis.internal',
        },
      };
    if ('http' in step) {
      const url = new URL(step.url);
      return {
        name: step.http,
        kind: 3,
        facts: {
          'http.request.method': step.http,
          'url.full': step.url,
          'server.address': url.hostname,
          'server.port': url.port || '443',
          ...statusOf('http.response.status_code', step.status),
        },
      };
    }
    return { name: step.span, kind: step.kind ?? 1, facts: {} };
  },
};

const statusOf = (key: string, status = 200): Facts => (status === 0 ? {} : { [key]: String(status) });

/** As older instrumentations of other makers send: the names of before, layers of functions, a span per turn of a loop, quoted statements, and times that differ more. */
export const layered: Style = {
  name: 'layered',
  layers: ['middleware - auth', 'ShopController.handle', 'ShopService.run'],
  wrapsTurns: true,
  jitter: 0.45,
  request: (method, route, path, query) => ({
    name: `${method} ${route}`,
    facts: { 'http.method': method, 'http.route': route, 'http.target': query === '' ? path : `${path}?${query}` },
  }),
  write(step: Step) {
    if ('sql' in step) {
      const quoted = step.sql.replace(/\b(from|into|update)\s+(\w+)/i, '$1 `shop`.`$2`').replaceAll(/\$\d+/g, '?');
      return {
        name: `mysql.query:${operationOf(step.sql)} shop`,
        kind: 3,
        facts: {
          'db.system': 'mysql',
          'db.name': 'shop',
          'net.peer.name': step.host ?? '10.0.3.17',
          'db.statement': quoted,
          ...(step.rows === undefined ? {} : { 'db.response.returned_rows': String(step.rows) }),
        },
      };
    }
    if ('cache' in step)
      return {
        name: `redis-${step.cache.toUpperCase()}`,
        kind: 3,
        facts: {
          'db.system': step.system ?? 'redis',
          'db.statement': `${step.cache.toUpperCase()} ${step.key.replaceAll(/\?/g, '[1 other arguments]')}`,
          'net.peer.name': '10.0.3.20',
        },
      };
    if ('http' in step) {
      const url = new URL(step.url);
      return {
        name: `HTTP ${step.http}`,
        kind: 3,
        facts: {
          'http.method': step.http,
          'http.url': step.url,
          'net.peer.name': url.hostname,
          ...statusOf('http.status_code', step.status),
        },
      };
    }
    return { name: step.span, kind: step.kind ?? 1, facts: {} };
  },
};
