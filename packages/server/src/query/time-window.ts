/** `fromMs` included, `toMs` excluded; milliseconds since 1970. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const hourMs = 3_600_000;

/** The last instant of ClickHouse's DateTime, in February 2106: `toStartOfHour` wraps beyond it. */
const lastMs = 4_294_967_295_000 - hourMs;

/**
 * Rows of the window: wants the parameters of `windowParams`.
 *
 * The hour is asked for apart from the time itself: it leads the sorting key, and a range of `ts` alone skips nothing.
 */
export function inWindow(column = 'ts', fromParam = 'fromMs', toParam = 'toMs'): string {
  const from = `fromUnixTimestamp64Milli({${fromParam}:Int64}, 'UTC')`;
  const to = `fromUnixTimestamp64Milli({${toParam}:Int64}, 'UTC')`;
  return `toStartOfHour(${column}) >= toStartOfHour(${from}) AND toStartOfHour(${column}) <= toStartOfHour(${to}) AND ${column} >= ${from} AND ${column} < ${to}`;
}

const clamp = (ms: number): number => Math.min(Math.max(Math.floor(ms), 0), lastMs);

/** Parameters of `inWindow`. */
export function windowParams({ fromMs, toMs }: TimeWindow): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: clamp(fromMs), toMs: clamp(toMs) };
}

/** Equal steps that cover a window: they start at whole multiples of their length, so that charts of the same range fall together. */
export interface Steps {
  readonly stepMs: number;
  readonly stepsMs: readonly number[];
  /** The window, widened to whole steps at its start. */
  readonly window: TimeWindow;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const niceStepsMs: readonly number[] = [
  [1, 2, 5, 10, 20, 50, 100, 200, 500],
  [1, 2, 5, 10, 15, 30].map(n => n * second),
  [1, 2, 5, 10, 15, 30].map(n => n * minute),
  [1, 2, 3, 6, 12].map(n => n * hour),
  [1, 2, 7, 14, 30, 90, 365].map(n => n * day),
].flat();

/** At most about `maxSteps` steps, each at least `minStepMs`. */
export function chooseSteps(asked: TimeWindow, maxSteps: number, minStepMs = 1): Steps {
  const spanMs = Math.max(asked.toMs - asked.fromMs, 1);
  const wantedMs = Math.max(spanMs / maxSteps, minStepMs);
  const stepMs = niceStepsMs.find(ms => ms >= wantedMs) ?? Math.ceil(wantedMs / day) * day;
  const fromMs = Math.floor(asked.fromMs / stepMs) * stepMs;
  const count = Math.max(Math.ceil((asked.toMs - fromMs) / stepMs), 1);
  return {
    stepMs,
    stepsMs: Array.from({ length: count }, (_, i) => fromMs + i * stepMs),
    window: { fromMs, toMs: asked.toMs },
  };
}

/** The window from the start of its first minute on: rows of a minute stand at its start. */
export function fromWholeMinute({ fromMs, toMs }: TimeWindow): TimeWindow {
  return { fromMs: Math.floor(fromMs / minute) * minute, toMs };
}
