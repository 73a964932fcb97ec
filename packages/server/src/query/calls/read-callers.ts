import type { CallerRow } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { groupBy } from '../group-by.js';
import { type TimeWindow, inWindow, windowParams } from '../time-window.js';

/** One call that was looked at. */
export interface LookedCall {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly service: string;
  readonly durationNs: number;
}

interface Above {
  readonly trace: string;
  readonly span: string;
  readonly parent: string;
  readonly name: string;
  readonly kind: number;
}

/** So many traces are looked through. */
const maxTraces = 300;
const maxSpans = 50_000;
/** Requests last as long before and after a call. */
const reachMs = 300_000;
const maxDepth = 200;

/** What the calling services were asked for when they called: the nearest server or consumer span above each call. */
export async function readCallers(
  asker: Asker,
  calls: readonly LookedCall[],
  { fromMs, toMs }: TimeWindow,
): Promise<readonly CallerRow[]> {
  const traces = new Set(calls.map(({ traceId }) => traceId).slice(0, maxTraces * 20));
  const looked = new Set([...traces].slice(0, maxTraces));
  const own = calls.filter(({ traceId }) => looked.has(traceId));
  if (own.length === 0) return [];
  const rows = await ask<Above>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, lower(hex(parent_span_id)) AS parent, name, kind
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND service IN {services:Array(String)}
  AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))
LIMIT ${maxSpans}`,
    params: {
      ...windowParams({ fromMs: fromMs - reachMs, toMs: toMs + reachMs }),
      services: [...new Set(own.map(({ service }) => service))],
      traces: [...looked],
    },
  });
  const byId = new Map(rows.map(row => [`${row.trace} ${row.span}`, row]));
  const placed = own.map(call => ({ call, entry: entryAbove(call, byId) }));
  const groups = groupBy(placed, ({ call, entry }) => `${call.service}\n${entry?.name ?? ''}`);
  return [...groups.values()]
    .flatMap((group): CallerRow[] => {
      const [first] = group;
      if (first === undefined) return [];
      const ns = group.reduce((sum, { call }) => sum + call.durationNs, 0);
      return [
        {
          service: first.call.service,
          operation: first.entry?.name ?? '',
          calls: group.length,
          requests: new Set(group.map(({ call, entry }) => entry?.span ?? call.traceId)).size,
          share: group.length / own.length,
          meanMs: ns / group.length / 1e6,
          traceId: first.call.traceId,
        },
      ];
    })
    .sort((a, b) => b.calls - a.calls || a.operation.localeCompare(b.operation))
    .slice(0, 50);
}

function entryAbove(call: LookedCall, byId: ReadonlyMap<string, Above>): Above | undefined {
  let parent = call.parentId;
  // A loop of parents would never end.
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const above = byId.get(`${call.traceId} ${parent}`);
    if (above === undefined) return undefined;
    if (above.kind === 2 || above.kind === 5) return above;
    parent = above.parent;
  }
  return undefined;
}
