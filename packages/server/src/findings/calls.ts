import { statementFacts, type StatementFacts } from './statement-facts.js';
import { factOf, type TraceSpans } from './trace-spans.js';
import { callUrl, type CallUrl } from './call-url.js';

/** A call of a database: its statement, where it is, and what the text tells. */
export interface QueryCall {
  readonly span: number;
  readonly entry: number;
  /** What makes two calls the same work: the statement and the database it goes to. */
  readonly shape: string;
  /** `SELECT orders` */
  readonly summary: string;
  readonly text: string;
  readonly system: string;
  /** `postgresql shop`: the system and its database, as the pages of databases name it. */
  readonly database: string;
  readonly statement: StatementFacts;
  /** Rows that came back; undefined when nobody tells. */
  readonly rows: number | undefined;
}

/** A command for a cache over the network. */
export interface CacheCall {
  readonly span: number;
  readonly entry: number;
  readonly shape: string;
  readonly system: string;
  /** `get`, in lower case. */
  readonly operation: string;
  /** What the key looks like, `user:?`; '' when nobody tells. */
  readonly pattern: string;
}

/** A request to another service, by HTTP or RPC. */
export interface RemoteCall {
  readonly span: number;
  readonly entry: number;
  /** The same work for other things: method, host and the path with its ids hidden. */
  readonly shape: string;
  readonly method: string;
  /** `api.stripe.com`, with its port when it is not the usual one; '' when nobody tells. */
  readonly host: string;
  /** Who is called, as the other pages name it: the name that the caller gives it, the service of our own that answered, else the host. */
  readonly peer: string;
  /** The shape with that name: `GET stripe/v1/charges/:id`. */
  readonly title: string;
  readonly url: CallUrl;
  /** The status, 0 when there was none. */
  readonly status: number;
  /** The service of our own that answered; '' when none told of it. */
  readonly answeredBy: string;
}

/** The calls of a trace, in their order. */
export interface Calls {
  readonly queries: readonly QueryCall[];
  readonly cache: readonly CacheCall[];
  readonly remote: readonly RemoteCall[];
}

const caches = new Set(['redis', 'valkey', 'memcached', 'keydb', 'dragonfly']);
const client = 3;

/** What a trace calls. A client span below another of the same class is the same call told twice, and left out. */
export function callsOf(trace: TraceSpans): Calls {
  const classes = Array.from({ length: trace.count }, (_, span) => classOf(trace, span));
  const answered = answeringServices(trace);
  const queries: QueryCall[] = [];
  const cache: CacheCall[] = [];
  const remote: RemoteCall[] = [];
  for (let span = 0; span < trace.count; span++) {
    const own = classes[span];
    const above = trace.parent[span] ?? -1;
    if (own === undefined || (above >= 0 && classes[above] === own && trace.kind[above] === client)) continue;
    if (own === 'query') queries.push(queryCall(trace, span));
    else if (own === 'cache') cache.push(cacheCall(trace, span));
    else remote.push(remoteCall(trace, span, answered.get(span) ?? ''));
  }
  return { queries, cache, remote };
}

const systemOf = (trace: TraceSpans, span: number): string =>
  factOf(trace, span, 'db.system.name', 'db.system').toLowerCase();

function classOf(trace: TraceSpans, span: number): 'query' | 'cache' | 'remote' | undefined {
  if (trace.kind[span] !== client) return undefined;
  const system = systemOf(trace, span);
  if (caches.has(system)) return 'cache';
  if (system !== '') return isQuery(trace, span) ? 'query' : undefined;
  if (factOf(trace, span, 'messaging.system') !== '') return undefined;
  if (factOf(trace, span, 'http.request.method', 'http.method', 'rpc.system', 'rpc.method') !== '') return 'remote';
  return undefined;
}

/** Neither the wait for a connection nor the making of one. */
function isQuery(trace: TraceSpans, span: number): boolean {
  const name = trace.name[span] ?? '';
  if (isPoolSpan(name)) return false;
  const isTold = factOf(trace, span, 'db.query.text', 'db.statement', 'db.operation.name', 'db.operation') !== '';
  return isTold || !/\b(?:connect|handshake|authenticate|close|end)\b/i.test(name.slice(0, 100));
}

/** A span for the wait for a connection, as some instrumentations make one: `pg-pool.connect`, `pool.acquire`. */
export function isPoolSpan(name: string): boolean {
  if (/(?:worker|thread|process|browser|page|piscina|tab)s?[ _.-]?pool/i.test(name.slice(0, 100))) return false;
  return /pool[\w.:-]*[.:_ -](?:connect|acquire|get_?connection)\b|(?:acquire|get_?connection|checkout)[\w.:-]*[.:_ -]?(?:pool|connection)\b|\bgetConnection\b/i.test(
    name.slice(0, 100),
  );
}

/** By client span: the service whose span below it answered. */
function answeringServices(trace: TraceSpans): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (let span = 0; span < trace.count; span++) {
    const above = trace.parent[span] ?? -1;
    if (trace.kind[span] === 2 && above >= 0 && trace.kind[above] === client)
      found.set(above, trace.service[span] ?? '');
  }
  return found;
}

function queryCall(trace: TraceSpans, span: number): QueryCall {
  const text = factOf(trace, span, 'db.query.text', 'db.statement');
  const system = systemOf(trace, span);
  const name = trace.name[span] ?? '';
  const said = factOf(trace, span, 'db.operation.name', 'db.operation');
  const statement = statementFacts(
    text === '' ? name : text,
    said,
    factOf(trace, span, 'db.collection.name', 'db.sql.table'),
  );
  const summary =
    factOf(trace, span, 'db.query.summary') ||
    (text === '' ? name : `${statement.operation} ${statement.table}`.trim());
  const namespace = factOf(trace, span, 'db.namespace', 'db.name');
  const place = [
    system,
    namespace,
    factOf(trace, span, 'server.address', 'net.peer.name'),
    factOf(trace, span, 'server.port'),
  ].join(' ');
  const rows = Number(factOf(trace, span, 'db.response.returned_rows') || Number.NaN);
  return {
    span,
    entry: trace.entry[span] ?? span,
    shape: `${place}\n${text === '' ? summary : text}`,
    summary,
    text,
    system,
    database: `${system} ${namespace}`.trim(),
    statement,
    rows: Number.isFinite(rows) ? rows : undefined,
  };
}

function cacheCall(trace: TraceSpans, span: number): CacheCall {
  const text = factOf(trace, span, 'db.query.text', 'db.statement');
  const operation = (
    factOf(trace, span, 'db.operation.name', 'db.operation') ||
    (text || (trace.name[span] ?? '')).split(' ', 1)[0] ||
    ''
  ).toLowerCase();
  const pattern = factOf(trace, span, 'bellwether.key.pattern') || (text.split(/\s+/, 2)[1] ?? '');
  const host = factOf(trace, span, 'server.address', 'net.peer.name');
  return {
    span,
    entry: trace.entry[span] ?? span,
    shape: `${host} ${operation} ${pattern}`,
    system: systemOf(trace, span),
    operation,
    pattern,
  };
}

function remoteCall(trace: TraceSpans, span: number, answeredBy: string): RemoteCall {
  const rpc = factOf(trace, span, 'rpc.method');
  const method = rpc === '' ? factOf(trace, span, 'http.request.method', 'http.method').toUpperCase() : 'RPC';
  const given = factOf(trace, span, 'url.full', 'http.url');
  const url = callUrl(rpc === '' ? given : `/${factOf(trace, span, 'rpc.service')}/${rpc}`);
  const port = factOf(trace, span, 'server.port');
  const address = factOf(trace, span, 'server.address', 'net.peer.name');
  const told = address === '' || port === '' || port === '443' || port === '80' ? address : `${address}:${port}`;
  const named = factOf(trace, span, 'service.peer.name', 'peer.service');
  const host = url.host || told || named;
  const peer = named || answeredBy || host;
  return {
    span,
    entry: trace.entry[span] ?? span,
    shape: `${method} ${host}${url.template}`,
    method,
    host,
    peer,
    title: `${method} ${peer}${url.template}`,
    url,
    status: Number(factOf(trace, span, 'http.response.status_code', 'http.status_code') || 0),
    answeredBy,
  };
}

/** Where the spans were called from in the application, of the first that tells: `/srv/app/src/orders.ts:12`; '' when none does. */
export function placeOf(trace: TraceSpans, spans: readonly number[]): string {
  for (const span of spans) {
    const file = factOf(trace, span, 'code.file.path', 'code.filepath');
    if (file === '') continue;
    const line = factOf(trace, span, 'code.line.number', 'code.lineno');
    return line === '' ? file : `${file}:${line}`;
  }
  return '';
}

/** Groups by what `keyOf` says, in the order in which keys were seen first. */
export function groupCalls<Call extends { readonly entry: number }>(
  calls: readonly Call[],
  keyOf: (call: Call) => string,
): readonly (readonly Call[])[] {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = `${call.entry}\n${keyOf(call)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  return [...groups.values()];
}
