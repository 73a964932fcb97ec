import type { FindingKind, FindingRow, FindingState } from '@bellwether/model';
import type { Status } from '../parts/status-mark.js';

/** The mark, the word and the reason of each state. */
export const stateMarks: {
  readonly [State in FindingState]: { readonly mark: Status; readonly word: string; readonly why: string };
} = {
  open: { mark: 'warn', word: 'Open', why: 'Nobody has dealt with it' },
  regressed: { mark: 'crit', word: 'Regressed', why: 'It was seen again after it was resolved' },
  resolved: { mark: 'ok', word: 'Resolved', why: 'It was not seen since it was resolved' },
  ignored: { mark: 'muted', word: 'Ignored', why: 'It is not shown among those to deal with' },
};

/** The kinds as they are chosen from. */
export const kindWords: { readonly [Kind in FindingKind]: string } = {
  'n-plus-one-sql': 'N+1 queries',
  'n-plus-one-http': 'N+1 requests to a service',
  'n-plus-one-cache': 'N+1 cache reads',
  'sequential-awaits': 'Awaits that could run together',
  'slow-query': 'Slow query',
  'unbounded-result': 'Result without a bound',
  'missing-pagination': 'List without pages',
  'chatty-service': 'Chatty external service',
  'retry-storm': 'Retry storm',
  'pool-starvation': 'Waiting for a connection',
  'blocked-event-loop': 'Blocked event loop',
  'oversized-payload': 'Oversized payload',
};

/** `src/orders.ts:12` of `/srv/app/src/orders.ts:12`: the end of a path tells more than its begin. */
export function shortPlace(place: string): string {
  return place.split('/').slice(-3).join('/');
}

export function findingTitle({ title, subject }: Pick<FindingRow, 'title' | 'subject'>): string {
  return subject === '' ? title : `${title}: ${subject}`;
}
