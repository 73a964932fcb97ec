import type { MapAnswer, MapEdge, MapNode, MapNodeKind } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { groupBy } from '../group-by.js';
import { peerType } from '../peer-type.js';
import { type Red, type RedRow, addRed, noRed, readRed, redColumns, serviceStatus, totals } from '../red.js';
import { minuteMs } from '../red-source.js';
import { type TimeWindow, chooseSteps, inWindow, windowParams } from '../time-window.js';

export interface MapQuestion extends TimeWindow {
  readonly env: string | undefined;
  readonly nowMs: number;
}

/** Rows of who calls what that are looked at; those with the least traffic are left out. */
const maxRows = 4000;
const maxSteps = 120;
const dayMs = 86_400_000;

/** Server, client, producer and consumer spans: see `red_minutes`. */
const serverKind = 2;
const producerKind = 4;
const consumerKind = 5;

type CallRow = { readonly service: string; readonly kind: number; readonly peer: string; readonly red: Red };
type Link = { readonly service: string; readonly peer: string; readonly called: string; readonly calls: number };
type Facts = Pick<MapNode, 'environments' | 'namespace' | 'team'>;

/** Who called whom in the window, from the counts per minute; the window is widened to whole minutes. */
export async function serviceMap(asker: Asker, question: MapQuestion): Promise<MapAnswer> {
  const window = {
    fromMs: Math.floor(question.fromMs / minuteMs) * minuteMs,
    toMs: Math.ceil(question.toMs / minuteMs) * minuteMs,
  };
  const steps = chooseSteps(window, maxSteps, minuteMs);
  const inEnv = question.env === undefined ? '' : ' AND environment = {env:String}';
  const source = `FROM map_minutes\nWHERE workspace = {workspace:String} AND ${inWindow('minute')}${inEnv}`;
  const params = { ...windowParams(window), env: question.env ?? '' };
  const [rows, links, facts, overTime] = await Promise.all([
    ask<RedRow & { service: string; kind: number; peer: string }>(asker, {
      sql: `SELECT service, kind, peer, ${redColumns}\n${source}\nGROUP BY service, kind, peer\nORDER BY n DESC, service, kind, peer\nLIMIT ${maxRows + 1}`,
      params,
    }),
    readLinks(asker, window),
    readFacts(asker),
    ask<{ step: string; n: string; failed: string }>(asker, {
      sql: `SELECT toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed
${source} AND kind IN (${serverKind}, ${consumerKind})
GROUP BY step`,
      params: { ...params, stepMs: steps.stepMs },
    }),
  ]);
  const seconds = Math.max((Math.min(window.toMs, question.nowMs) - window.fromMs) / 1000, 1);
  const calls = rows.slice(0, maxRows).map(row => ({ ...row, red: readRed(row) }));
  const drawn = drawMap(calls, links, facts, seconds);
  const byStep = new Map(overTime.map(row => [Number(row.step), row]));
  return {
    ...drawn,
    stepMs: steps.stepMs,
    stepsMs: [...steps.stepsMs],
    requests: steps.stepsMs.map(step => Number(byStep.get(step)?.n ?? 0)),
    errors: steps.stepsMs.map(step => Number(byStep.get(step)?.failed ?? 0)),
    isCut: rows.length > maxRows,
  };
}

/** What is known of the addresses; where the window's own hours know nothing, a day around it does. */
async function readLinks(asker: Asker, window: TimeWindow): Promise<readonly Link[]> {
  const rows = await ask<{ service: string; peer: string; called: string; within: string; around: string }>(asker, {
    sql: `SELECT service, peer, called, sumIf(calls, hour >= toStartOfHour(fromUnixTimestamp64Milli({windowFromMs:Int64}, 'UTC')) AND hour < fromUnixTimestamp64Milli({windowToMs:Int64}, 'UTC')) AS within, sum(calls) AS around
FROM map_links
WHERE workspace = {workspace:String} AND ${inWindow('hour')}
GROUP BY service, peer, called
ORDER BY around DESC
LIMIT 10000`,
    params: {
      ...windowParams({ fromMs: window.fromMs - dayMs, toMs: window.toMs + dayMs }),
      windowFromMs: window.fromMs,
      windowToMs: window.toMs,
    },
  });
  return [...groupBy(rows, row => pairKey(row.service, row.peer)).values()].flatMap(sharing => {
    const isKnownWithin = sharing.some(row => row.within !== '0');
    return sharing
      .map(({ service, peer, called, within, around }) => ({
        service,
        peer,
        called,
        calls: Number(isKnownWithin ? within : around),
      }))
      .filter(link => link.calls > 0);
  });
}

async function readFacts(asker: Asker): Promise<ReadonlyMap<string, Facts>> {
  const rows = await ask<{ service: string; environments: string[]; namespace: string; team: string }>(asker, {
    sql: `SELECT service, arraySort(groupUniqArray(20)(environment)) AS environments, argMax(attrs['service.namespace'], last_seen) AS namespace,
  argMax(multiIf(attrs['team'] != '', attrs['team'], attrs['service.team'] != '', attrs['service.team'], attrs['service.owner']), last_seen) AS team
FROM resources
WHERE workspace = {workspace:String}
GROUP BY service`,
    params: {},
  });
  return new Map(
    rows.map(({ service, environments, namespace, team }) => [
      service,
      { environments: environments.filter(name => name !== ''), namespace, team },
    ]),
  );
}

const pairKey = (one: string, other: string): string => JSON.stringify([one, other]);

/** Nodes and edges of counted calls: an address that services answer behind becomes those, in the shares that the links have. */
export function drawMap(
  rows: readonly CallRow[],
  links: readonly Link[],
  facts: ReadonlyMap<string, Facts>,
  seconds: number,
): Pick<MapAnswer, 'nodes' | 'edges'> {
  const services = new Set([...rows.map(row => row.service), ...links.map(link => link.called)]);
  const linksOf = groupBy(links, link => pairKey(link.service, link.peer));
  const edges = new Map<string, { from: string; to: string; isAsync: boolean; reds: Red[] }>();
  const entries = new Map<string, Red[]>();
  const seen = new Set<string>();

  const connect = (from: string, to: string, isAsync: boolean, red: Red): void => {
    const key = pairKey(from, to);
    const edge = edges.get(key) ?? { from, to, isAsync, reds: [] };
    edge.reds.push(red);
    edges.set(key, edge);
    seen.add(from).add(to);
  };

  for (const { service, kind, peer, red } of rows) {
    const self = `service:${service}`;
    seen.add(self);
    if (kind === serverKind || kind === consumerKind) {
      const reds = entries.get(self) ?? [];
      reds.push(red);
      entries.set(self, reds);
      if (kind === consumerKind && peer !== '') connect(`queue:${peer}`, self, true, red);
      continue;
    }
    if (peer === '') continue;
    const answering = linksOf.get(pairKey(service, peer)) ?? [];
    const all = answering.reduce((sum, link) => sum + link.calls, 0);
    for (const link of answering) connect(self, `service:${link.called}`, false, share(red, link.calls / all));
    if (all > 0) continue;
    if (services.has(peer)) connect(self, `service:${peer}`, false, red);
    else {
      const called = nodeKind(peer, kind);
      connect(self, `${called}:${peer}`, called === 'queue', red);
    }
  }

  const drawn = [...edges.values()].map(edge => ({ ...edge, red: addRed(edge.reds) }));
  const into = groupBy(drawn, edge => edge.to);
  const outOf = groupBy(drawn, edge => edge.from);
  const nodes = [...seen].map((id): MapNode => {
    const at = id.indexOf(':');
    const kind = nodeKinds.find(name => name === id.slice(0, at)) ?? 'external';
    const name = id.slice(at + 1);
    const callers = into.get(id) ?? outOf.get(id) ?? [];
    const red = kind === 'service' ? addRed(entries.get(id) ?? []) : addRed(callers.map(edge => edge.red));
    const { environments, namespace, team } = (kind === 'service' ? facts.get(name) : undefined) ?? noFacts;
    return { id, kind, name, environments: [...environments], namespace, team, ...figuresOf(red, seconds) };
  });
  return {
    nodes: nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    edges: drawn
      .map(({ from, to, isAsync, red }): MapEdge => ({ from, to, isAsync, ...figuresOf(red, seconds) }))
      .toSorted((a, b) => b.calls - a.calls || (pairKey(a.from, a.to) < pairKey(b.from, b.to) ? -1 : 1)),
  };
}

const nodeKinds: readonly MapNodeKind[] = ['service', 'database', 'cache', 'queue', 'external'];
const noFacts: Facts = { environments: [], namespace: '', team: '' };

function nodeKind(peer: string, kind: number): MapNodeKind {
  const type = peerType(peer, kind === producerKind);
  return type === 'db' ? 'database' : type === 'cache' || type === 'queue' ? type : 'external';
}

function share(red: Red, part: number): Red {
  if (part === 1) return red;
  return {
    count: red.count * part,
    errors: red.errors * part,
    durationNs: red.durationNs * part,
    durations: new Map([...red.durations].map(([bucket, count]) => [bucket, count * part])),
  };
}

function figuresOf(
  red: Red,
  seconds: number,
): Pick<MapEdge, 'status' | 'calls' | 'callsPerSecond' | 'errorRatio' | 'p95Ms'> {
  const { requests, requestsPerSecond, errorRatio, p95Ms } = totals(red.count === 0 ? noRed : red, seconds);
  return { status: serviceStatus(red), calls: requests, callsPerSecond: requestsPerSecond, errorRatio, p95Ms };
}
