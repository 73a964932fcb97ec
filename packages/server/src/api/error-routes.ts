import {
  errorActivityAnswer,
  errorActivityQuery,
  errorActs,
  errorActsAnswer,
  errorAnswer,
  errorDecision,
  errorDecisionAnswer,
  errorEventAnswer,
  errorId,
  errorQuery,
  errorsAnswer,
  errorsQuery,
  type ErrorEvent,
  similarErrorsAnswer,
  similarErrorsQuery,
  type SuspectRelease,
} from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from '../control/control-store.js';
import { activityAfter, activityOf } from '../control/error-activity.js';
import { errorDecisions } from '../control/error-decisions.js';
import { type ErrorGrouping, groupingOf, noGrouping, partsOf, wholeOf } from '../control/error-grouping.js';
import { releaseOf } from '../control/releases.js';
import { listErrors } from '../query/errors/list-errors.js';
import { readErrorIssue, readEventOfError } from '../query/errors/read-error-issue.js';
import { similarErrors } from '../query/errors/similar-errors.js';
import { suspectCommits } from '../query/errors/suspect-release.js';
import type { SourceMaps } from '../source-maps/source-maps.js';
import { NotFound, Unavailable } from './api-failure.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { actOnErrors } from './error-acts.js';
import { type Route, type RouteContext, defineRoute } from './route.js';

/** Until there are users and keys for the API, whoever can reach it is on this machine. */
const who = 'local';
const shownActivity = 100;

/** Without a control store errors are shown as if nobody had said anything, and nobody can. */
export function errorRoutes(control: ControlStore | undefined, maps: SourceMaps | undefined): readonly Route[] {
  const params = z.object({ id: errorId });
  const kept = (): ControlStore => {
    if (control === undefined) throw new Unavailable('This server keeps no decisions: it runs without a data folder.');
    return control;
  };
  const toldOf = (workspace: string, version: string, event: ErrorEvent): Pick<SuspectRelease, 'url' | 'commits'> => {
    const release = control === undefined ? undefined : releaseOf(control, workspace, version);
    return { url: release?.url ?? '', commits: suspectCommits(release, event) };
  };
  /** One error by the id of any of its parts, read by `read`; throws `NotFound`. */
  async function readAsked<Found>(
    read: (...of: Parameters<typeof readErrorIssue>) => Promise<Found | undefined>,
    part: string,
    { event, ...query }: z.output<typeof errorQuery>,
    { asker, nowMs }: RouteContext,
  ): Promise<{ readonly id: string; readonly grouping: ErrorGrouping; readonly found: Found }> {
    const decisions = errorDecisions(control, asker.scope.workspace);
    const { grouping } = decisions;
    const id = wholeOf(grouping, part);
    const window = { ...askedWindow(query), env: askedEnv(query.env), service: undefined };
    const found = await read(asker, { ...window, ids: [id], grouping, maps }, { event, nowMs }, decisions);
    if (found !== undefined) return { id, grouping, found };
    throw new NotFound(
      event === undefined
        ? `The error ${id} did not come in this range. Widen the range, or look it up in /api/bw/v1/errors.`
        : `The error ${id} has no event ${event} in this range; leave out event to get the newest.`,
    );
  }
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
            only: query.only,
            nowMs,
            maps,
          },
          errorDecisions(control, asker.scope.workspace),
        ),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/bw/v1/errors/acts',
      summary:
        'Does the same with several errors: resolve, ignore, open, assign, comment, merge, split, and take that back.',
      body: errorActs,
      answer: errorActsAnswer,
      handle: async ({ body }, { asker, nowMs }) => ({
        changed: await actOnErrors(kept(), asker, body, { who, nowMs }),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/errors/activity',
      summary: 'What was done with errors, in order; ask again from the last one seen to be told of all.',
      query: errorActivityQuery,
      answer: errorActivityAnswer,
      handle: async ({ query: { after, limit } }, { asker }) => ({
        activity: [...activityAfter(kept(), asker.scope.workspace, after, limit)],
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/errors/:id',
      summary: 'One error: an event of it with its stack, who was hurt, and how its attributes are distributed.',
      params,
      query: errorQuery,
      answer: errorAnswer,
      async handle({ params, query }, asked) {
        const { workspace } = asked.asker.scope;
        const { id, grouping, found } = await readAsked(readErrorIssue, params.id, query, asked);
        return {
          ...found,
          suspect:
            found.suspect === undefined
              ? null
              : { ...found.suspect, ...toldOf(workspace, found.suspect.version, found.event) },
          parts: control === undefined ? [] : [...partsOf(control, workspace, id)],
          isSplit: grouping.splits.has(id),
          activity: control === undefined ? [] : [...activityOf(control, workspace, id, shownActivity)],
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/errors/:id/event',
      summary: 'One error and an event of it with its stack: what its page paints first.',
      params,
      query: errorQuery,
      answer: errorEventAnswer,
      handle: async ({ params, query }, asked) => (await readAsked(readEventOfError, params.id, query, asked)).found,
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/errors/:id/similar',
      summary: 'Other errors of the range that look like this one.',
      params,
      query: similarErrorsQuery,
      answer: similarErrorsAnswer,
      handle: async ({ params, query }, { asker }) => {
        const grouping = control === undefined ? noGrouping : groupingOf(control, asker.scope.workspace);
        const scope = { ...askedWindow(query), env: askedEnv(query.env), service: undefined, grouping, maps };
        return { similar: [...(await similarErrors(asker, scope, wholeOf(grouping, params.id)))] };
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
        await actOnErrors(kept(), asker, { ids: [id], act: { kind: 'decide', decision: body } }, { who, nowMs });
        return { id, state: body.state };
      },
    }),
  ];
}
