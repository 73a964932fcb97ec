import type { FindingAnswer } from '@bellwether/model';
import type { FindingKind } from './detector.js';
import { shortPlace } from './short-place.js';

type Facts = Readonly<Record<string, string>>;

/** What makes it a finding, in a sentence. */
const sentences: { readonly [Kind in FindingKind]: (facts: Facts) => string } = {
  'n-plus-one-sql': ({ table = '', keys = '', mode = '', beforeTable = '' }) =>
    `${table === '' ? 'The same rows are' : `${table} is`} read again and again${keys === '' ? '' : ` by ${keys.replaceAll(',', ', ')}`}, ${mode || 'one after the other'}${beforeTable === '' ? '' : `, after a read of ${beforeTable}`}.`,
  'n-plus-one-http': ({ request = '', host = '', peer = host, mode = '' }) =>
    `${request} of ${peer} is asked for one thing after another, ${mode}.`,
  'n-plus-one-cache': ({ operation = '', system = '' }) =>
    `Each ${operation} is a trip to ${system || 'the cache'} and back; one trip could bring them all.`,
  'sequential-awaits': () => 'These calls wait for each other although none needs what another brings.',
  'slow-query': () => 'The query takes longer than its threshold.',
  'unbounded-result': ({ rows = '', table = '' }) =>
    `${rows} rows of ${table} were read, and nothing bounds how many there may be.`,
  'missing-pagination': ({ rows = '', table = '' }) =>
    `The request answers with ${rows} rows of ${table} and knows no pages.`,
  'chatty-service': ({ host = '', peer = host }) => `One request talks to ${peer} again and again.`,
  'retry-storm': ({ tries = '', pauseMs = '' }) =>
    `The call was tried ${tries} times, ${pauseMs} ms apart, although it failed.`,
  'pool-starvation': ({ waitMs = '', pool = '' }) =>
    `The request waited ${waitMs} ms until ${pool || 'the pool'} gave it a connection.`,
  'blocked-event-loop': ({ stallMs = '', place = '' }) =>
    `For ${stallMs} ms no other request of the process went on${place === '' ? '' : `; the code was at ${shortPlace(place)}`}.`,
  'oversized-payload': ({ what = '', bytes = '' }) => `The ${what} has ${bytes} bytes.`,
};

/** Facts that are shown by their name; the others stand in the sentence or lead elsewhere. */
const names: Readonly<Record<string, string>> = {
  system: 'Database',
  table: 'Table',
  keys: 'Looked up by',
  mode: 'How',
  beforeTable: 'Read before',
  model: 'Model',
  operation: 'Operation',
  host: 'Host',
  service: 'Answered by',
  request: 'Request',
  pattern: 'Key',
  rows: 'Rows',
  bytes: 'Bytes',
  names: 'Calls',
  requests: 'Requests',
  tries: 'Tries',
  pauseMs: 'Pause between tries, ms',
  waitMs: 'Waited, ms',
  stallMs: 'Stood still, ms',
  pool: 'Pool',
};

/** The finding in words, from the facts of its newest trace. */
export function whatItIs(kind: FindingKind, facts: Facts): Pick<FindingAnswer, 'what' | 'facts'> {
  return {
    what: sentences[kind](facts),
    facts: Object.entries(names).flatMap(([key, name]) => {
      const value = facts[key] ?? '';
      return value === '' ? [] : [{ name, value }];
    }),
  };
}
