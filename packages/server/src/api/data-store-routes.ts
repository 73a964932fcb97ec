import { cachesAnswer, cachesQuery, externalAnswer, externalQuery, tasksAnswer, tasksQuery } from '@bellwether/model';
import { listCaches } from '../query/caches/list-caches.js';
import { listExternal } from '../query/external/list-external.js';
import type { MetricReader } from '../query/metric-reader.js';
import { listTasks } from '../query/tasks/list-tasks.js';
import { askedCompare, askedEnv, askedWindow } from './asked-window.js';
import { databaseRoutes } from './database-routes.js';
import { type Route, defineRoute } from './route.js';

/** What services ask besides each other: databases, caches, queues, services of others. */
export function dataStoreRoutes(metrics: MetricReader): readonly Route[] {
  return [
    ...databaseRoutes(metrics),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/caches',
      summary: 'Caches: hit ratio by key pattern, misses that cost most, evictions, memory, operations.',
      query: cachesQuery,
      answer: cachesAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listCaches(asker, metrics, {
          ...askedWindow(query),
          env: askedEnv(query.env),
          system: query.system === '' ? undefined : query.system,
          nowMs,
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/tasks',
      summary: 'Queues with what waits and when they will be empty, and tasks with how long they wait and run.',
      query: tasksQuery,
      answer: tasksAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listTasks(asker, metrics, {
          ...askedWindow(query),
          env: askedEnv(query.env),
          queue: query.queue === '' ? undefined : query.queue,
          nowMs,
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/external',
      summary: 'Services of others: calls, latency, errors, share of our time, and who calls them.',
      query: externalQuery,
      answer: externalAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listExternal(asker, {
          ...askedWindow(query),
          env: askedEnv(query.env),
          vendor: query.vendor === '' ? undefined : query.vendor,
          compare: askedCompare(query),
          nowMs,
        }),
    }),
  ];
}
