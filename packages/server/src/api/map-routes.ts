import { mapAnswer, mapQuery } from '@bellwether/model';
import { serviceMap } from '../query/map/service-map.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const mapRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/map',
    summary:
      'Services, what they call and how that goes: nodes and edges with rate, errors and p95, over whole minutes.',
    query: mapQuery,
    answer: mapAnswer,
    handle: ({ query }, { asker, nowMs }) =>
      serviceMap(asker, { ...askedWindow(query), env: askedEnv(query.env), nowMs }),
  }),
];
