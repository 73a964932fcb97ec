import { flameAnswer, flameQuery, parseSearch } from '@bellwether/model';
import { BadInput } from '../base/bad-input.js';
import { traceFlame } from '../query/flame/trace-flame.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const flameRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/flame',
    summary:
      'Traces that match the query, merged by the path of their calls: where the time goes, and where it went before.',
    query: flameQuery,
    answer: flameAnswer,
    async handle({ query }, { asker }) {
      const { cmpFrom, cmpTo } = query;
      if ((cmpFrom === undefined) !== (cmpTo === undefined))
        throw new BadInput('cmpFrom and cmpTo belong together: give both.');
      return traceFlame(asker, {
        ...askedWindow(query),
        search: parseSearch(query.q, 'spans'),
        env: askedEnv(query.env),
        compare: cmpFrom === undefined || cmpTo === undefined ? undefined : askedWindow({ from: cmpFrom, to: cmpTo }),
      });
    },
  }),
];
