import {
  findingActs,
  findingActsAnswer,
  findingAnswer,
  findingDecision,
  findingDecisionAnswer,
  findingId,
  findingQuery,
  findingsAnswer,
  findingsQuery,
  traceFindingsAnswer,
  traceIdHex,
  type FindingDecision,
} from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from '../control/control-store.js';
import { saidOfFindings, sayOfFinding } from '../control/finding-states.js';
import { listFindings, type SaidOfFindings } from '../findings/list-findings.js';
import { findingsOfTrace, knownFindings, readFinding } from '../findings/read-finding.js';
import type { Asker } from '../query/asker.js';
import { NotFound, Unavailable } from './api-failure.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

/** Without a control store findings are shown as if nobody had said anything, and nobody can. */
export function findingRoutes(control: ControlStore | undefined): readonly Route[] {
  const saidBy = ({ scope }: Asker): SaidOfFindings =>
    control === undefined ? new Map() : saidOfFindings(control, scope.workspace);
  const params = z.object({ id: findingId });
  /** Of all of them or none; returns how many. */
  async function sayOf(asker: Asker, ids: readonly string[], said: FindingDecision, nowMs: number): Promise<number> {
    if (control === undefined) throw new Unavailable('This server keeps no decisions: it runs without a data folder.');
    const known = await knownFindings(asker, ids);
    const missing = ids.find(id => !known.has(id));
    if (missing !== undefined)
      throw new NotFound(`There is no finding ${missing} in what is kept. Look it up in /api/bw/v1/findings.`);
    control.db.transaction(() => {
      for (const id of ids) sayOfFinding(control, asker.scope.workspace, id, said, nowMs);
    })();
    return ids.length;
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/findings',
      summary: 'What is wrong with how traces run: N+1 queries and others, the costliest first.',
      query: findingsQuery,
      answer: findingsAnswer,
      handle: ({ query }, { asker }) =>
        listFindings(
          asker,
          {
            ...askedWindow(query),
            env: askedEnv(query.env),
            service: query.service === '' ? undefined : query.service,
            kind: query.kind,
            state: query.state,
            q: query.q,
            limit: query.limit,
          },
          saidBy(asker),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/findings/:id',
      summary: 'One finding: what it costs, traces that show it, and how to mend it.',
      params,
      query: findingQuery,
      answer: findingAnswer,
      async handle({ params: { id }, query }, { asker }) {
        const scope = { ...askedWindow(query), env: askedEnv(query.env), service: undefined, kind: undefined, id };
        const found = await readFinding(asker, scope, saidBy(asker));
        if (found === undefined)
          throw new NotFound(
            `The finding ${id} was not seen in this range. Widen the range, or look it up in /api/bw/v1/findings.`,
          );
        return found;
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/bw/v1/findings/:id/state',
      summary: 'Resolves a finding, ignores it, or opens it again.',
      params,
      body: findingDecision,
      answer: findingDecisionAnswer,
      async handle({ params: { id }, body }, { asker, nowMs }) {
        await sayOf(asker, [id], body, nowMs);
        return { id, state: body.state };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/bw/v1/findings/acts',
      summary: 'Resolves several findings, ignores them, or opens them again.',
      body: findingActs,
      answer: findingActsAnswer,
      handle: async ({ body: { ids, decision } }, { asker, nowMs }) => ({
        changed: await sayOf(asker, [...new Set(ids)], decision, nowMs),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/traces/:traceId/findings',
      summary: 'What was found in one trace, with the spans that show it.',
      params: z.object({ traceId: traceIdHex }),
      answer: traceFindingsAnswer,
      handle: ({ params: { traceId } }, { asker }) => findingsOfTrace(asker, traceId),
    }),
  ];
}
