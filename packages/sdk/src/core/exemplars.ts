import { nowMs, type WallClock } from './clock.js';
import type { Point } from './metrics.js';
import { type Scope, scopes } from './scope.js';

/** The trace of one observation. */
export interface PointExemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  readonly unixMs: number;
}

/** After this long a smaller observation takes the place of a larger one. */
const keptForMs = 30_000;

const kept = new WeakMap<Point, PointExemplar>();
let isWanted = false;

/** Until somebody reads exemplars, none are kept. */
export function wantExemplars(): void {
  isWanted = true;
}

/** Remembers the trace of the largest observation of the last half minute: the one that people look for. */
export function offerExemplar(point: Point, value: number, scope: Scope, unixMs: number): void {
  if (!isWanted || !scope.sampled) return;
  const before = kept.get(point);
  if (before !== undefined && before.value >= value && unixMs - before.unixMs < keptForMs) return;
  kept.set(point, { traceId: scope.traceId, spanId: scope.spanId, value, unixMs });
}

/** The same for the trace that runs here and now. */
export function offerExemplarHere(point: Point, value: number, clock: WallClock): void {
  if (!isWanted || !(value >= 0) || value === Infinity) return;
  const scope = scopes.getStore();
  if (scope !== undefined) offerExemplar(point, value, scope, clock.offsetMs + nowMs());
}

export function exemplarOf(point: Point): PointExemplar | undefined {
  return kept.get(point);
}
