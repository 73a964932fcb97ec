import { overviewAnswer, overviewQuery, servicesAnswer, servicesQuery } from '@bellwether/model';
import { z } from 'zod';
import { serviceOverview } from '../query/service-overview.js';
import { listServices } from '../query/services.js';
import { VersionHistory } from '../query/version-history.js';
import { askedCompare, askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export function serviceRoutes(): readonly Route[] {
  const history = new VersionHistory();
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/services',
      summary:
        'Every service that answered, called, sent or took something (spans of kind server, client, producer, consumer) in the range, worst first.',
      query: servicesQuery,
      answer: servicesAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listServices(asker, { ...askedWindow(query), env: askedEnv(query.env), nowMs }, history),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/services/:service/overview',
      summary: "Every panel of a service's page in one answer.",
      params: z.object({ service: z.string().max(1000) }),
      query: overviewQuery,
      answer: overviewAnswer,
      handle({ params, query }, { asker, nowMs }) {
        return serviceOverview(asker, {
          ...askedWindow(query),
          service: params.service,
          env: askedEnv(query.env),
          compare: askedCompare(query),
          nowMs,
        });
      },
    }),
  ];
}
