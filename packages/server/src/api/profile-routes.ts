import { profileAnswer, profileParams, profilesAnswer, profilesQuery, timeRange } from '@bellwether/model';
import { readProfile, readProfiles } from '../query/profiles.js';
import { NotFound } from './api-failure.js';
import { askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const profileRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/profiles',
    summary: 'Profiles that were taken, newest first; of one service, or while one trace was worked on.',
    query: profilesQuery,
    answer: profilesAnswer,
    handle: async ({ query }, { asker }) => ({
      profiles: [
        ...(await readProfiles(asker, { ...askedWindow(query), service: query.service, trace: query.trace })),
      ].map(each => ({ ...each, traceIds: [...each.traceIds] })),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/profiles/:name',
    summary: 'One profile with its bytes (pprof, gzip) in base64.',
    params: profileParams,
    query: timeRange,
    answer: profileAnswer,
    async handle({ params, query }, { asker }) {
      const found = await readProfile(asker, { ...askedWindow(query), name: params.name });
      if (found === undefined) throw new NotFound(`There is no profile ${params.name.slice(0, 80)} in this time.`);
      return found;
    },
  }),
];
