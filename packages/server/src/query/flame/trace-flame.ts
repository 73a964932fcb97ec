import type { FlameAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { type TimeWindow, inWindow, windowParams } from '../time-window.js';
import { type SearchQuestion, searchTraces } from '../trace-search.js';
import { type FlameFrame, type FlameSpan, mergeTraces } from './merge-traces.js';

export interface FlameQuestion extends SearchQuestion {
  /** An earlier period to compare with. */
  readonly compare: TimeWindow | undefined;
}

const maxTraces = 300;
const maxSpans = 100_000;

/** Spans of a trace may lie outside the window that its matching span lies in. */
const aroundMs = 900_000;

interface Picture {
  readonly roots: ReadonlyMap<string, FlameFrame>;
  readonly traces: number;
  readonly isPartial: boolean;
}

/** The newest traces that match, merged by the path of their calls, and how long the same paths took before. */
export async function traceFlame(asker: Asker, question: FlameQuestion): Promise<FlameAnswer> {
  const { compare } = question;
  const [now, before] = await Promise.all([
    picture(asker, question),
    compare === undefined ? undefined : picture(asker, { ...question, ...compare }),
  ]);
  return {
    ...columns(now, before),
    traces: now.traces,
    tracesBefore: before?.traces ?? null,
    isPartial: now.isPartial,
  };
}

async function picture(asker: Asker, question: SearchQuestion): Promise<Picture> {
  const { traces, nextCursor, partial } = await searchTraces(asker, {
    ...question,
    sort: 'recent',
    limit: maxTraces,
    cursor: undefined,
  });
  if (traces.length === 0) return { roots: new Map(), traces: 0, isPartial: partial };
  const rows = await ask<{
    traceId: string;
    id: string;
    parentId: string;
    service: string;
    name: string;
    startNs: string;
    durationNs: string;
    failed: number;
  }>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS id, lower(hex(parent_span_id)) AS parentId, service, name,
  toUnixTimestamp64Nano(ts) AS startNs, duration_ns AS durationNs, status_code = 2 AS failed
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND trace_id IN (SELECT arrayJoin(arrayMap(id -> toFixedString(unhex(id), 16), {traceIds:Array(String)})))
ORDER BY trace_id, ts
LIMIT ${maxSpans + 1}`,
    params: {
      ...windowParams({ fromMs: question.fromMs - aroundMs, toMs: question.toMs + aroundMs }),
      traceIds: traces.map(trace => trace.traceId),
    },
  });
  const spans = rows.slice(0, maxSpans).map((row): FlameSpan => {
    const { traceId, id, parentId, service, name } = row;
    return {
      traceId,
      id,
      parentId: /^0*$/.test(parentId) ? '' : parentId,
      service,
      name,
      startUs: Number(BigInt(row.startNs) / 1000n),
      durationUs: Number(row.durationNs) / 1000,
      isError: row.failed === 1,
    };
  });
  const { roots, isCut } = mergeTraces(spans);
  return {
    roots,
    traces: traces.length,
    isPartial: isCut || partial || nextCursor !== null || rows.length > maxSpans,
  };
}

const perTrace = (us: number, traces: number): number => Math.round((us / Math.max(traces, 1)) * 10) / 10;

type Waiting = {
  readonly now: FlameFrame | undefined;
  readonly before: FlameFrame | undefined;
  readonly parent: number;
};

/** The same calls of now and before, the longest first. */
const pairs = (
  one: ReadonlyMap<string, FlameFrame> | undefined,
  other: ReadonlyMap<string, FlameFrame> | undefined,
  parent: number,
): readonly Waiting[] =>
  [...new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])]
    .map(key => ({ now: one?.get(key), before: other?.get(key), parent }))
    .toSorted((a, b) => (b.now?.totalUs ?? 0) - (a.now?.totalUs ?? 0));

/** Callers before what they call, the longest first; times per trace. Paths that were there only before come with no time of now. */
function columns(now: Picture, before: Picture | undefined): Pick<FlameAnswer, 'names' | 'services' | 'frames'> {
  const names = new Words();
  const services = new Words();
  const frames: FlameAnswer['frames'] = {
    parent: [],
    name: [],
    service: [],
    count: [],
    errors: [],
    totalUs: [],
    selfUs: [],
    beforeUs: before === undefined ? null : [],
  };
  const waiting = pairs(now.roots, before?.roots, -1).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const frame = next.now ?? next.before;
    if (frame === undefined) continue;
    const index = frames.parent.length;
    frames.parent.push(next.parent);
    frames.name.push(names.of(frame.name));
    frames.service.push(services.of(frame.service));
    frames.count.push(next.now?.count ?? 0);
    frames.errors.push(next.now?.errors ?? 0);
    frames.totalUs.push(perTrace(next.now?.totalUs ?? 0, now.traces));
    frames.selfUs.push(perTrace(next.now?.selfUs ?? 0, now.traces));
    frames.beforeUs?.push(perTrace(next.before?.totalUs ?? 0, before?.traces ?? 0));
    waiting.push(...pairs(next.now?.children, next.before?.children, index).toReversed());
  }
  return { names: names.all, services: services.all, frames };
}

/** Texts by number, each once. */
class Words {
  readonly all: string[] = [];
  readonly #known = new Map<string, number>();

  of(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}
