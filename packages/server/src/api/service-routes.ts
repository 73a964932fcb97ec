import {
  offendersAnswer,
  offendersQuery,
  overviewAnswer,
  overviewQuery,
  serviceChartsAnswer,
  servicesAnswer,
  servicesQuery,
} from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from '../control/control-store.js';
import { toldDeploys } from '../control/releases.js';
import { joinDeploys } from '../query/service-deploys.js';
import { listOffenders } from '../query/offenders.js';
import { serviceCharts, serviceOverview } from '../query/service-overview.js';
import { listServices } from '../query/services.js';
import { VersionHistory } from '../query/version-history.js';
import { askedCompare, askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export function serviceRoutes(control?: ControlStore): readonly Route[] {
  const history = new VersionHistory();
  const params = z.object({ service: z.string().max(1000) });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/services',
      summary:
        'Every service that answered, called, sent or took something (spans of kind server, client, producer, consumer) in the range, worst first.',
      query: servicesQuery,
      answer: servicesAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listServices(
          asker,
          { ...askedWindow(query), env: askedEnv(query.env), compare: askedCompare(query), nowMs },
          history,
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/offenders',
      summary: 'Where the time of all services goes: endpoints, and what is called, by total time.',
      query: offendersQuery,
      answer: offendersAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listOffenders(asker, {
          ...askedWindow(query),
          env: askedEnv(query.env),
          compare: askedCompare(query),
          limit: query.limit,
          nowMs,
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/services/:service/charts',
      summary: "A service's requests, failures and durations by step: what its page paints first.",
      params,
      query: overviewQuery,
      answer: serviceChartsAnswer,
      handle: ({ params: { service }, query }, { asker, nowMs }) =>
        serviceCharts(asker, {
          ...askedWindow(query),
          service,
          env: askedEnv(query.env),
          compare: askedCompare(query),
          nowMs,
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/services/:service/overview',
      summary: "Every panel of a service's page in one answer.",
      params,
      query: overviewQuery,
      answer: overviewAnswer,
      async handle({ params: { service }, query }, { asker, nowMs }) {
        const question = { ...askedWindow(query), service, env: askedEnv(query.env) };
        const overview = await serviceOverview(asker, { ...question, compare: askedCompare(query), nowMs });
        if (control === undefined) return overview;
        const place = { service, environment: '', previous: '' };
        const seen = overview.deploys.map(({ at, ...deploy }) => ({ ...place, ...deploy, atMs: at }));
        const deploys = joinDeploys(toldDeploys(control, asker.scope.workspace, question), seen);
        return {
          ...overview,
          deploys: deploys.map(({ version, atMs, isRollback }) => ({ version, at: atMs, isRollback })),
        };
      },
    }),
  ];
}
