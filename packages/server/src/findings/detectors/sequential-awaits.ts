import { placeOf, type CacheCall, type QueryCall, type RemoteCall } from '../calls.js';
import type { Detector, Evidence, Found } from '../detector.js';
import { durationUs, factOf, isJob, longest, type TraceSpans } from '../trace-spans.js';

type Call =
  | { readonly is: 'query'; readonly call: QueryCall }
  | { readonly is: 'cache'; readonly call: CacheCall }
  | { readonly is: 'remote'; readonly call: RemoteCall };

/** Between two calls that follow each other there is hardly any work. */
const leastPauseUs = 3000;
const leastCalls = 3;
/** Of the request's time. */
const leastShare = 0.15;
/** What comes first on purpose: whoever asks must be known, and may. */
const guards =
  /auth|session|token|permission|login|acl|role|quota|rate-?limit|feature|flag|captcha|lock|valid|verify|check/i;

/**
 * Different reads of one request that wait for each other although none needs what another brought: their ids were known when the request came, or they are
 * looked up by the same key. Where that can not be told, nothing is said. Writes, transactions, guards, one call many times, and
 * jobs and health checks, for which nobody waits, are innocent.
 */
export const sequentialAwaits: Detector = {
  kind: 'sequential-awaits',
  title: 'Awaits that could run together',
  needs: 'client spans of queries with their text, or of requests with their address',
  find(evidence) {
    const { trace } = evidence;
    const byParent = new Map<number, Call[]>();
    const { queries, cache, remote } = evidence.calls;
    const all: Call[] = [
      ...queries.map(call => ({ is: 'query' as const, call })),
      ...cache.map(call => ({ is: 'cache' as const, call })),
      ...remote.map(call => ({ is: 'remote' as const, call })),
    ].sort((a, b) => a.call.span - b.call.span);
    for (const one of all) {
      const parent = trace.parent[one.call.span] ?? -1;
      const list = byParent.get(parent);
      if (list === undefined) byParent.set(parent, [one]);
      else list.push(one);
    }
    return [...byParent.values()].flatMap(list => runsOf(trace, list).flatMap(run => judge(evidence, run)));
  },
};

/** Calls that follow each other closely; a write, a transaction's bounds, or a call beside another ends a run. */
function runsOf(trace: TraceSpans, list: readonly Call[]): readonly (readonly Call[])[] {
  const runs: Call[][] = [];
  let run: Call[] = [];
  let untilUs = -Infinity;
  let inTransaction = false;
  const end = (): void => {
    if (run.length >= leastCalls) runs.push(run);
    run = [];
  };
  for (const one of list) {
    const { span } = one.call;
    const startUs = trace.startUs[span] ?? 0;
    const word = one.is === 'query' ? one.call.statement.operation : '';
    if (/^(?:BEGIN|START)$/.test(word)) inTransaction = true;
    if (startUs < untilUs - 50) run.pop();
    if (startUs < untilUs - 50 || startUs - untilUs > Math.max(leastPauseUs, durationUs(trace, span) * 0.2)) end();
    untilUs = Math.max(untilUs, trace.endUs[span] ?? 0);
    if (inTransaction || !isRead(one) || trace.isError[span] === 1) end();
    else run.push(one);
    if (/^(?:COMMIT|ROLLBACK|END)$/.test(word)) inTransaction = false;
  }
  end();
  return runs;
}

function isRead(one: Call): boolean {
  if (one.is === 'query')
    return one.call.statement.isRead && one.call.statement.table !== '' && !guards.test(one.call.statement.table);
  if (one.is === 'cache')
    return (
      /^(?:get|mget|hgetall|hget|smembers|zrange|lrange)$/.test(one.call.operation) && !guards.test(one.call.pattern)
    );
  return /^(?:GET|HEAD)$/.test(one.call.method) && !guards.test(`${one.call.host}${one.call.url.template}`);
}

function judge({ trace, thresholds }: Evidence, run: readonly Call[]): readonly Found[] {
  const [first] = run;
  if (first === undefined) return [];
  const { entry } = first.call;
  if (isJob(trace, entry) || isHealthCheck(trace, entry)) return [];
  const known = knownValues(trace, entry);
  const free = run.filter(one => isFree(one, known));
  const isFreeOne = new Set(free);
  const byKey = new Map<string, Call[]>();
  for (const one of run) {
    const key = one.is === 'query' && !isFreeOne.has(one) ? keyOf(one.call) : '';
    if (key === '') continue;
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [one]);
    else list.push(one);
  }
  const sameKey = [...byKey.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
  const together = [...free, ...(sameKey.length >= 2 ? sameKey : [])].sort((a, b) => a.call.span - b.call.span);
  const shapes = new Set(together.map(({ call }) => call.shape));
  if (shapes.size < leastCalls || shapes.size < together.length) return [];
  const spans = together.map(({ call }) => call.span);
  const sumUs = spans.reduce((sum, span) => sum + durationUs(trace, span), 0);
  const lostUs = sumUs - longest(trace, spans);
  if (lostUs < thresholds.sequentialMs * 1000 || lostUs < durationUs(trace, entry) * leastShare) return [];
  const names = together.map(one => nameOf(one));
  return [
    {
      entry,
      subject: names.toSorted().slice(0, 6).join(', '),
      spans,
      times: spans.length,
      lostUs,
      facts: { names: names.slice(0, 12).join('\n'), place: placeOf(trace, spans) },
    },
  ];
}

/** What asks whether everything is there asks one thing after the other on purpose: the first that is not ends it. */
const isHealthCheck = (trace: TraceSpans, entry: number): boolean =>
  /(?:^|[/._-])(?:health|healthz|healthcheck|ready|readyz|readiness|live|livez|liveness|ping|status)(?:$|[/?._-])/i.test(
    factOf(trace, entry, 'http.route', 'url.path', 'http.target').slice(0, 200),
  );

/** How a call is told in the subject. */
function nameOf(one: Call): string {
  if (one.is === 'query') return one.call.summary;
  return one.is === 'remote' ? one.call.title : one.call.shape;
}

/** What was known when the request came: the ids and values of its own address. */
function knownValues(trace: TraceSpans, entry: number): ReadonlySet<string> {
  const text = `${factOf(trace, entry, 'url.path', 'http.target', 'http.url')}?${factOf(trace, entry, 'url.query')}`;
  return new Set(
    text
      .slice(0, 4096)
      .split(/[/?&=,]/)
      .filter(part => part !== ''),
  );
}

/** Needs nothing that another call brought, for certain. */
function isFree(one: Call, known: ReadonlySet<string>): boolean {
  if (one.is === 'remote') return one.call.url.whole !== '' && one.call.url.values.every(value => known.has(value));
  if (one.is === 'cache') return false;
  const { text, statement } = one.call;
  return (
    text !== '' &&
    !statement.takesList &&
    !/\?|\$\d|:\w|@\w/.test(text.replaceAll(/\b(?:limit|offset)\s+(?:\?|\$\d+)/gi, '').replaceAll(/::\w+/g, ''))
  );
}

/** By whose id it is looked up: `user` for `id` of users and for `user_id` of anything else; '' when by something else or by more. */
function keyOf({ statement }: QueryCall): string {
  const [key, ...more] = statement.keys;
  if (key === undefined || more.length > 0 || statement.takesList) return '';
  const name = key.replaceAll('_', '');
  if (name === 'id') return singular(statement.table.replaceAll('_', '').toLowerCase());
  return name.endsWith('id') ? name.slice(0, -2) : '';
}

function singular(table: string): string {
  return table.endsWith('ies')
    ? `${table.slice(0, -3)}y`
    : table.endsWith('ses')
      ? table.slice(0, -2)
      : table.replace(/s$/, '');
}
