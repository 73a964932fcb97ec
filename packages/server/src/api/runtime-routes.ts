import { runtimeAnswer, runtimeQuery } from '@bellwether/model';
import { z } from 'zod';
import type { MetricReader } from '../query/metric-reader.js';
import { readRuntime } from '../query/runtime/read-runtime.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export function runtimeRoutes(metrics: MetricReader): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/services/:service/runtime',
      summary: 'The processes of a service: what each does and takes, which stands out, and when something is full.',
      params: z.object({ service: z.string().max(1000) }),
      query: runtimeQuery,
      answer: runtimeAnswer,
      handle: ({ params, query }, { asker, nowMs }) =>
        readRuntime(asker, metrics, {
          ...askedWindow(query),
          service: params.service,
          env: askedEnv(query.env),
          nowMs,
        }),
    }),
  ];
}
