import type { ChdbStore } from './chdb-store.js';

/** How the store stands to its disk budget (`retention.maxDiskGiB`). */
export interface BudgetState {
  readonly maxBytes: number;
  readonly usedBytes: number;
  /** `soon`: the next data to go is named, and goes when the budget is used up. */
  readonly state: 'ok' | 'soon' | 'dropping';
  /** The day (2026-01-31) on which the oldest data was received: it goes first. Undefined when there is none. */
  readonly oldestDay: string | undefined;
  /** Since the start. */
  readonly droppedRows: number;
  readonly droppedBytes: number;
  readonly lastDroppedAtMs: number | undefined;
}

export interface DiskBudget {
  /** Undefined until the first look. */
  state(): BudgetState | undefined;
  /** Looks now, and drops what is too much. */
  check(): Promise<BudgetState>;
  stop(): void;
}

export interface DiskBudgetDeps {
  readonly store: ChdbStore;
  readonly maxBytes: number;
  readonly now: () => number;
  /** Rows are gone. */
  readonly dropped?: (() => void) | undefined;
  readonly log: { warn(facts: object, text: string): void; error(facts: object, text: string): void };
  /** Between two looks; default a minute. */
  readonly everyMs?: number;
}

/** From here on it is announced what will go. */
const soonShare = 0.9;
/** So much is left when something had to go, so that it does not begin again at once. */
const afterShare = 0.95;

/** So much of the budget data may always have. */
const leastShare = 0.1;

/** What grows with what is received. The rest (series, resources, minutes) is small, and what is left would make no sense without it. */
const droppable = [
  'spans',
  'error_spans',
  'error_span_hours',
  'findings',
  'logs',
  'error_lines',
  'error_line_hours',
  'metric_samples',
  'metric_histograms',
  'exemplars',
  'raw_files',
] as const;

interface Part {
  readonly table: string;
  readonly name: string;
  readonly bytes: number;
  readonly rows: number;
  /** The newest day on which something in it was received. */
  readonly received: string;
  readonly changed: string;
}

/**
 * Keeps the store within its budget: what was received first goes first, part by part, whatever its own time is. It is announced from 90% on: in the
 * log, in the status, and on the page.
 */
export function keepWithinBudget(deps: DiskBudgetDeps): DiskBudget {
  const { store, maxBytes, now, log } = deps;
  let latest: BudgetState | undefined;
  let dropped = { rows: 0, bytes: 0, atMs: undefined as number | undefined };

  const check = async (): Promise<BudgetState> => {
    let usedBytes = await bytesOf(store);
    const hasToGo = usedBytes > maxBytes;
    let parts: readonly Part[] = [];
    if (usedBytes > maxBytes * soonShare) parts = await partsOf(store);
    if (hasToGo) {
      const gone: Part[] = [];
      const fixedBytes = usedBytes - parts.reduce((sum, { bytes }) => sum + bytes, 0);
      // Series and resources stay; when they alone are too much, a tenth is left for data all the same.
      const goalBytes = Math.max(maxBytes * afterShare, fixedBytes + maxBytes * leastShare);
      for (const part of parts) {
        if (usedBytes <= goalBytes) break;
        // A merge may have taken the part meanwhile: the next look finds what it became.
        if (!(await tryCommand(store, `ALTER TABLE ${part.table} DROP PART '${part.name}'`))) continue;
        usedBytes -= part.bytes;
        gone.push(part);
      }
      if (gone.length > 0) deps.dropped?.();
      parts = parts.filter(part => !gone.includes(part));
      const sum = (pick: (part: Part) => number): number => gone.reduce((all, part) => all + pick(part), 0);
      dropped = {
        rows: dropped.rows + sum(({ rows }) => rows),
        bytes: dropped.bytes + sum(({ bytes }) => bytes),
        atMs: gone.length > 0 ? now() : dropped.atMs,
      };
      if (gone.length > 0)
        log.warn(
          { rows: sum(({ rows }) => rows), bytes: sum(({ bytes }) => bytes), upTo: gone.at(-1)?.received },
          'the disk budget (retention.maxDiskGiB) is used up: what was received first was dropped',
        );
      if (usedBytes > maxBytes && latest?.state !== 'dropping')
        log.warn(
          { usedBytes, maxBytes, fixedBytes },
          'the disk budget (retention.maxDiskGiB) is too small for the series and resources that are kept; raise it, or have fewer series',
        );
    }
    const state = hasToGo ? 'dropping' : usedBytes > maxBytes * soonShare ? 'soon' : 'ok';
    if (state === 'soon' && latest?.state !== 'soon')
      log.warn(
        { usedBytes, maxBytes, oldestDay: parts[0]?.received },
        'the disk budget (retention.maxDiskGiB) is nearly used up: what was received first goes next; raise it, or keep less',
      );
    latest = {
      maxBytes,
      usedBytes,
      state,
      oldestDay: parts[0]?.received,
      droppedRows: dropped.rows,
      droppedBytes: dropped.bytes,
      lastDroppedAtMs: dropped.atMs,
    };
    return latest;
  };

  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    check()
      .catch((error: unknown) => log.error({ err: error }, 'the disk budget could not be checked; it is tried again'))
      .finally(() => (running = false));
  }, deps.everyMs ?? 60_000).unref();
  return { state: () => latest, check, stop: () => clearInterval(timer) };
}

async function bytesOf(store: ChdbStore): Promise<number> {
  const [row] = await store.rows<{ bytes: string }>(
    "SELECT toString(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE active AND database = 'bellwether'",
  );
  return Number(row?.bytes ?? 0);
}

/** Every part that may go, the one received first in front. */
async function partsOf(store: ChdbStore): Promise<readonly Part[]> {
  const received = droppable
    .map(table => `SELECT '${table}' AS table, _part AS name, max(received) AS received FROM ${table} GROUP BY _part`)
    .join(' UNION ALL ');
  const rows = await store.rows<Record<keyof Part, string>>(
    `SELECT p.table AS table, p.name AS name, toString(p.bytes_on_disk) AS bytes, toString(p.rows) AS rows,
            toString(r.received) AS received, toString(p.modification_time) AS changed
     FROM system.parts AS p INNER JOIN (${received}) AS r ON p.table = r.table AND p.name = r.name
     WHERE p.active AND p.database = 'bellwether'
     ORDER BY received, changed, table, name`,
  );
  return rows.map(row => ({ ...row, bytes: Number(row.bytes), rows: Number(row.rows) }));
}

async function tryCommand(store: ChdbStore, sql: string): Promise<boolean> {
  try {
    await store.command(sql);
    return true;
  } catch {
    return false;
  }
}
