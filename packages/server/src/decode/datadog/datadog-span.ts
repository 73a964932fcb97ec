import type { MsgpackValue } from '../msgpack.js';

/** A span as Datadog's tracers have it. Ids are 64 bits; the upper half of a trace's stands in `meta` of one span of its chunk (`_dd.p.tid`). */
export interface DatadogSpan {
  service: string;
  /** The operation: `express.request`, `pg.query`. */
  name: string;
  /** What it worked on: `GET /orders/:id`, a statement, a topic. */
  resource: string;
  /** `web`, `http`, `sql`, `redis`, `queue`, ... */
  type: string;
  traceId: bigint;
  spanId: bigint;
  parentId: bigint;
  startNs: bigint;
  durationNs: bigint;
  /** Not 0: it failed. */
  error: number;
  meta: ReadonlyMap<string, string>;
  metrics: ReadonlyMap<string, number>;
  /** Values that are MessagePack themselves, by name. */
  metaStruct: ReadonlyMap<string, Uint8Array>;
  /** The forms of newer tracers, as they came; older ones have JSON in `meta`. */
  links: readonly MsgpackValue[];
  events: readonly MsgpackValue[];
}

const noTexts: ReadonlyMap<string, string> = new Map();
const noNumbers: ReadonlyMap<string, number> = new Map();
const noBytes: ReadonlyMap<string, Uint8Array> = new Map();

export function emptySpan(): DatadogSpan {
  return {
    service: '',
    name: '',
    resource: '',
    type: '',
    traceId: 0n,
    spanId: 0n,
    parentId: 0n,
    startNs: 0n,
    durationNs: 0n,
    error: 0,
    meta: noTexts,
    metrics: noNumbers,
    metaStruct: noBytes,
    links: [],
    events: [],
  };
}
