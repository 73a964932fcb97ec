import { cardinalityAnswer, cardinalityQuery } from '@bellwether/model';
import type { ReceiverLink } from '../handover/receiver-link.js';
import { readCardinality } from '../query/cardinality.js';
import { askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export function metricRoutes({ receiver }: { readonly receiver: ReceiverLink }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/cardinality',
      summary: 'The metrics with the most series, the labels that make them, and those that have too many.',
      query: cardinalityQuery,
      answer: cardinalityAnswer,
      async handle({ query }, { asker }) {
        const overflows = receiver.status()?.overflows ?? [];
        return {
          ...(await readCardinality(asker, askedWindow(query))),
          overflows: overflows
            .filter(({ workspace }) => workspace === asker.scope.workspace)
            .map(({ metric, limit, points, lastAtMs }) => ({ metric, limit, points, last: lastAtMs })),
        };
      },
    }),
  ];
}
