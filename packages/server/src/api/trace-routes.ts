import {
  parseSearch,
  histogramQuery,
  spanAnswer,
  spanIdHex,
  traceAnswer,
  traceHistogramAnswer,
  traceIdHex,
  traceLogsAnswer,
  traceLogsQuery,
  traceSamplesAnswer,
  traceSamplesQuery,
  tracesAnswer,
  tracesQuery,
} from '@bellwether/model';
import { z } from 'zod';
import { traceLogs } from '../query/logs.js';
import { readSpan } from '../query/span.js';
import { traceSamples } from '../query/trace-samples.js';
import { searchTraces, traceHistogram } from '../query/trace-search.js';
import { readTrace } from '../query/trace.js';
import { NotFound } from './api-failure.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

const ofTrace = z.object({ traceId: traceIdHex });

export const traceRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/traces',
    summary: 'Traces that hold at least one span matching the query.',
    query: tracesQuery,
    answer: tracesAnswer,
    handle: ({ query }, { asker }) =>
      searchTraces(asker, {
        ...askedWindow(query),
        search: parseSearch(query.q, 'spans'),
        env: askedEnv(query.env),
        sort: query.sort,
        limit: query.limit,
        cursor: query.cursor,
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/traces/histogram',
    summary: 'Matching spans per step of time, failed ones apart.',
    query: histogramQuery,
    answer: traceHistogramAnswer,
    handle: ({ query }, { asker }) =>
      traceHistogram(asker, {
        ...askedWindow(query),
        search: parseSearch(query.q, 'spans'),
        env: askedEnv(query.env),
        steps: query.steps,
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/traces/samples',
    summary: 'Single spans that stand for all that match the query: a fast, a typical, a slow and a failed one.',
    query: traceSamplesQuery,
    answer: traceSamplesAnswer,
    handle: ({ query }, { asker }) =>
      traceSamples(asker, {
        ...askedWindow(query),
        search: parseSearch(query.q, 'spans'),
        env: askedEnv(query.env),
        steps: query.steps,
        only: query.only,
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/traces/:traceId',
    summary: 'A whole trace, in columns: entry i of every array is span i.',
    params: ofTrace,
    answer: traceAnswer,
    async handle({ params }, { asker, nowMs }) {
      const trace = await readTrace(asker, params.traceId, nowMs);
      if (trace === undefined) throw new NotFound(noSuchTrace(params.traceId));
      return trace;
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/traces/:traceId/spans/:spanId',
    summary: 'One span with its attributes, resource, events and links.',
    params: ofTrace.extend({ spanId: spanIdHex }),
    answer: spanAnswer,
    async handle({ params }, { asker }) {
      const span = await readSpan(asker, params.traceId, params.spanId);
      if (span === undefined) {
        throw new NotFound(
          `The trace ${params.traceId} has no span ${params.spanId}, or it has not arrived yet: try again in a few seconds.`,
        );
      }
      return span;
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/traces/:traceId/logs',
    summary: 'The log lines of a trace or of one of its spans, oldest first.',
    params: ofTrace,
    query: traceLogsQuery.extend({ spanId: spanIdHex.optional() }),
    answer: traceLogsAnswer,
    handle: ({ params, query }, { asker }) => traceLogs(asker, params.traceId, query.spanId),
  }),
];

/** Traces are kept for a time, and arrive a moment after they happen. */
export function noSuchTrace(traceId: string): string {
  return `There is no trace ${traceId}: it has not arrived yet (try again in a few seconds), was never sent here, was left out by tail sampling, or is older than what is kept.`;
}
