import {
  activeUsersAnswer,
  activeUsersQuery,
  funnelAnswer,
  funnelQuery,
  usageAnswer,
  usageQuery,
} from '@bellwether/model';
import { readActiveUsers } from '../query/usage/active-users.js';
import type { EventScope } from '../query/usage/event-rows.js';
import { readFunnel } from '../query/usage/read-funnel.js';
import { readUsage } from '../query/usage/read-usage.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const usageRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/active-users',
    summary: 'People with an event in the 1, 7 and 30 days before a time, their course, and by tenant.',
    query: activeUsersQuery,
    answer: activeUsersAnswer,
    handle: ({ query }, { asker }) =>
      readActiveUsers(asker, {
        ...askedScope(query),
        toMs: query.to,
        days: query.days,
        countsTenants: query.count === 'tenants',
        events: query.events.split(',').flatMap(name => (name.trim() === '' ? [] : [name.trim()])),
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/usage',
    summary: 'Business events and features by how often, by how many people and for how many tenants they are used.',
    query: usageQuery,
    answer: usageAnswer,
    handle: ({ query }, { asker, nowMs }) => readUsage(asker, { ...askedScope(query), ...askedWindow(query), nowMs }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/funnel',
    summary: 'How many people went through events in their order, within a time from the first.',
    query: funnelQuery,
    answer: funnelAnswer,
    handle: ({ query }, { asker }) =>
      readFunnel(asker, {
        ...askedScope(query),
        ...askedWindow(query),
        steps: query.steps,
        windowSeconds: query.windowSeconds,
        by: query.by,
      }),
  }),
];

/** An empty part of a scope is none, so that a form may send it always. */
function askedScope(query: {
  readonly env?: string | undefined;
  readonly service?: string | undefined;
  readonly tenant?: string | undefined;
  readonly plan?: string | undefined;
}): EventScope {
  return {
    env: askedEnv(query.env),
    service: askedEnv(query.service),
    tenant: askedEnv(query.tenant),
    plan: askedEnv(query.plan),
  };
}
