import { databaseQueryAnswer, databaseQueryQuery, databasesAnswer, databasesQuery, queryId } from '@bellwether/model';
import { z } from 'zod';
import { listDatabases } from '../query/databases/list-databases.js';
import { readQuery } from '../query/databases/read-query.js';
import type { MetricReader } from '../query/metric-reader.js';
import { NotFound } from './api-failure.js';
import { askedCompare, askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export function databaseRoutes(metrics: MetricReader): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/databases',
      summary: 'Databases as those who ask them see them: load by query, connection pools, collections.',
      query: databasesQuery,
      answer: databasesAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listDatabases(asker, metrics, {
          ...askedWindow(query),
          env: askedEnv(query.env),
          db: query.db === '' ? undefined : query.db,
          compare: askedCompare(query),
          nowMs,
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/databases/:name/queries/:hash',
      summary: 'One query: its course, who sends it and from where, its texts, plans and samples.',
      params: z.object({ name: z.string().max(1000), hash: queryId }),
      query: databaseQueryQuery,
      answer: databaseQueryAnswer,
      async handle({ params, query }, { asker, nowMs }) {
        const found = await readQuery(asker, {
          ...askedWindow(query),
          env: askedEnv(query.env),
          database: params.name,
          hash: params.hash,
          compare: askedCompare(query),
          nowMs,
        });
        if (found === undefined)
          throw new NotFound(
            `The query ${params.hash} was not sent to ${params.name} in this range. Widen the range, or look it up in /api/bw/v1/databases.`,
          );
        return found;
      },
    }),
  ];
}
