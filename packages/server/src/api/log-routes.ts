import {
  parseSearch,
  logContextAnswer,
  logContextQuery,
  logDetailAnswer,
  logDetailQuery,
  logHistogramAnswer,
  logPatternsAnswer,
  logPatternsQuery,
  logsAnswer,
  logsQuery,
  histogramQuery,
} from '@bellwether/model';
import { z } from 'zod';
import { logContext } from '../query/log-context.js';
import { logPatterns } from '../query/patterns/log-patterns.js';
import { logHistogram, readLogDetail, searchLogs } from '../query/logs.js';
import { NotFound } from './api-failure.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const logRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/logs',
    summary: 'Log lines that match the query, newest first.',
    query: logsQuery,
    answer: logsAnswer,
    handle: ({ query }, { asker }) =>
      searchLogs(asker, {
        ...askedWindow(query),
        search: parseSearch(query.q, 'logs'),
        env: askedEnv(query.env),
        limit: query.limit,
        cursor: query.cursor,
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/logs/histogram',
    summary: 'Matching log lines per step of time and level.',
    query: histogramQuery,
    answer: logHistogramAnswer,
    handle: ({ query }, { asker }) =>
      logHistogram(asker, {
        ...askedWindow(query),
        search: parseSearch(query.q, 'logs'),
        env: askedEnv(query.env),
        steps: query.steps,
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/logs/patterns',
    summary: 'What matching log lines have in common: their patterns, counted, beside the range before.',
    query: logPatternsQuery,
    answer: logPatternsAnswer,
    handle: ({ query }, { asker }) =>
      logPatterns(asker, {
        ...askedWindow(query),
        search: parseSearch(query.q, 'logs'),
        env: askedEnv(query.env),
        limit: query.limit,
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/logs/context',
    summary: 'The lines of the same service around one line, oldest first.',
    query: logContextQuery,
    answer: logContextAnswer,
    handle: ({ query }, { asker }) =>
      logContext(asker, { time: query.timeNs, id: query.id, service: query.service, lines: query.lines }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/logs/:id',
    summary: 'One log line with its resource.',
    params: z.object({ id: z.string().regex(/^\d{1,20}$/, 'a line has a decimal id') }),
    query: logDetailQuery,
    answer: logDetailAnswer,
    async handle({ params, query }, { asker }) {
      const line = await readLogDetail(asker, { time: query.timeNs, id: params.id });
      if (line === undefined)
        throw new NotFound(
          `There is no log line ${params.id} at ${query.timeNs} ns: it may be older than what is kept.`,
        );
      return line;
    },
  }),
];
