import { differenceAnswer, differenceQuery, parseSearch, type DifferenceQuery } from '@bellwether/model';
import { BadInput } from '../base/bad-input.js';
import { readDifference } from '../query/difference/read-difference.js';
import type { TimeWindow } from '../query/time-window.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const differenceRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/difference',
    summary: 'What sets selected spans or log lines apart from the rest, or from those of an earlier time.',
    query: differenceQuery,
    answer: differenceAnswer,
    handle: ({ query }, { asker }) => {
      const { signal, q, selected, error } = query;
      const selectedWindow = windowOf(query, 'selected');
      const before = windowOf(query, 'before');
      if (selected === '' && selectedWindow === undefined && before === undefined && error === undefined)
        throw new BadInput(
          'Nothing is selected: name what to compare with selected (a search), selectedFrom and selectedTo, beforeFrom and beforeTo, or error.',
        );
      return readDifference(asker, {
        ...askedWindow(query),
        signal,
        env: askedEnv(query.env),
        search: parseSearch(q, signal),
        selected: parseSearch(selected, signal),
        selectedWindow,
        before,
        error,
      });
    },
  }),
];

function windowOf(query: DifferenceQuery, name: 'selected' | 'before'): TimeWindow | undefined {
  const from = query[`${name}From`];
  const to = query[`${name}To`];
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined)
    throw new BadInput(`${name}From and ${name}To go together: give both, or neither.`);
  return askedWindow({ from, to });
}
