import {
  errorAnswer,
  errorDecision,
  errorDecisionAnswer,
  errorId,
  errorQuery,
  errorsAnswer,
  errorsQuery,
} from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from '../control/control-store.js';
import { saidOfErrors, sayOfError } from '../control/error-states.js';
import type { Asker } from '../query/asker.js';
import { listErrors, type SaidOf } from '../query/errors/list-errors.js';
import { lastVersionOf } from '../query/errors/occurrences.js';
import { readErrorIssue } from '../query/errors/read-error-issue.js';
import { NotFound, Unavailable } from './api-failure.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

/** Without a control store errors are shown as if nobody had said anything, and nobody can. */
export function errorRoutes(control: ControlStore | undefined): readonly Route[] {
  const saidBy = ({ scope }: Asker): SaidOf =>
    control === undefined ? new Map() : saidOfErrors(control, scope.workspace);
  const params = z.object({ id: errorId });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/errors',
      summary: 'Errors of a range, however they came: those of the same place are one.',
      query: errorsQuery,
      answer: errorsAnswer,
      handle: ({ query }, { asker, nowMs }) =>
        listErrors(
          asker,
          {
            ...askedWindow(query),
            env: askedEnv(query.env),
            service: query.service === '' ? undefined : query.service,
            q: query.q,
            state: query.state,
            sort: query.sort,
            limit: query.limit,
            nowMs,
          },
          saidBy(asker),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/errors/:id',
      summary: 'One error: an event of it with its stack, who was hurt, and how its attributes are distributed.',
      params,
      query: errorQuery,
      answer: errorAnswer,
      async handle({ params, query }, { asker, nowMs }) {
        const found = await readErrorIssue(
          asker,
          {
            ...askedWindow(query),
            env: askedEnv(query.env),
            service: undefined,
            id: params.id,
            event: query.event,
            nowMs,
          },
          saidBy(asker),
        );
        if (found === undefined)
          throw new NotFound(
            query.event === undefined
              ? `The error ${params.id} did not come in this range. Widen the range, or look it up in /api/bw/v1/errors.`
              : `The error ${params.id} has no event ${query.event} in this range; leave out event to get the newest.`,
          );
        return found;
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/bw/v1/errors/:id/state',
      summary: 'Resolves an error, ignores it, or opens it again.',
      params,
      body: errorDecision,
      answer: errorDecisionAnswer,
      async handle({ params: { id }, body }, { asker, nowMs }) {
        if (control === undefined)
          throw new Unavailable('This server keeps no decisions: it runs without a data folder.');
        const lastVersion = await lastVersionOf(asker, id);
        if (lastVersion === undefined)
          throw new NotFound(`There is no error ${id} in what is kept. Look it up in /api/bw/v1/errors.`);
        sayOfError(control, asker.scope.workspace, id, body, { nowMs, lastVersion });
        return { id, state: body.state };
      },
    }),
  ];
}
