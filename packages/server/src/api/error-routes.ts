import { errorAnswer, errorId, errorQuery, errorsAnswer, errorsQuery } from '@bellwether/model';
import { z } from 'zod';
import { listErrors } from '../query/errors/list-errors.js';
import { readErrorIssue } from '../query/errors/read-error-issue.js';
import { NotFound } from './api-failure.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const errorRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/errors',
    summary: 'Errors of a range, however they came: those of the same place are one.',
    query: errorsQuery,
    answer: errorsAnswer,
    handle: ({ query }, { asker }) =>
      listErrors(asker, {
        ...askedWindow(query),
        env: askedEnv(query.env),
        service: query.service === '' ? undefined : query.service,
        q: query.q,
        sort: query.sort,
        limit: query.limit,
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/errors/:id',
    summary: 'One error: an event of it with its stack, who was hurt, and how its attributes are distributed.',
    params: z.object({ id: errorId }),
    query: errorQuery,
    answer: errorAnswer,
    async handle({ params, query }, { asker }) {
      const found = await readErrorIssue(asker, {
        ...askedWindow(query),
        env: askedEnv(query.env),
        service: undefined,
        id: params.id,
        event: query.event,
      });
      if (found === undefined)
        throw new NotFound(
          query.event === undefined
            ? `The error ${params.id} did not come in this range. Widen the range, or look it up in /api/bw/v1/errors.`
            : `The error ${params.id} has no event ${query.event} in this range; leave out event to get the newest.`,
        );
      return found;
    },
  }),
];
