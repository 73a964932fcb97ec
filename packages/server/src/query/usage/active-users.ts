import type { ActiveUsersAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { type EventScope, eventLabel, eventPerson, eventRows } from './event-rows.js';

export interface ActiveUsersQuestion extends EventScope {
  readonly toMs: number;
  /** So many days of the course. */
  readonly days: number;
  /** Names of events that count as activity; empty: all. */
  readonly events: readonly string[];
}

const dayMs = 86_400_000;
const monthDays = 30;
const maxTenants = 100;

interface DayRow {
  readonly ago: number;
  readonly daily: string;
  readonly weekly: string;
  readonly monthly: string;
}

interface TenantRow extends Omit<DayRow, 'ago'> {
  readonly tenant: string;
}

/**
 * People with an event in the 1, 7 and 30 days before `toMs`, and before each earlier day. Days are 24 hours that end with `toMs`'s time of day.
 * Exact up to some ten thousand people, within a percent beyond.
 */
export async function readActiveUsers(asker: Asker, question: ActiveUsersQuestion): Promise<ActiveUsersAnswer> {
  const { toMs, days, events } = question;
  const rows = (before: number): ReturnType<typeof eventRows> =>
    eventRows(question, { fromMs: toMs - before * dayMs, toMs });
  const whose = `${eventPerson} != ''${events.length === 0 ? '' : ` AND ${eventLabel} IN {events:Array(String)}`}`;
  const ago = 'intDiv({toMs:Int64} - 1 - toUnixTimestamp64Milli(ts), {dayMs:Int64})';
  const course = rows(days - 1 + monthDays);
  const month = rows(monthDays);
  const params = { dayMs, ...(events.length > 0 && { events }) };
  const [dayRows, tenantRows] = await Promise.all([
    ask<DayRow>(asker, {
      // A day's people count for its own day and the 29 after it.
      sql: `SELECT toInt32(dayAgo - age) AS ago, uniqMergeIf(people, age = 0) AS daily, uniqMergeIf(people, age < 7) AS weekly, uniqMerge(people) AS monthly
FROM (
  SELECT dayAgo, people, arrayJoin(range(${monthDays})) AS age
  FROM (
    SELECT ${ago} AS dayAgo, uniqState(${eventPerson}) AS people
    FROM logs
    WHERE ${course.condition} AND ${whose}
    GROUP BY dayAgo
  )
)
WHERE ago >= 0 AND ago < {days:Int32}
GROUP BY ago`,
      params: { ...course.params, ...params, days },
    }),
    ask<TenantRow>(asker, {
      sql: `SELECT tenant_id AS tenant, uniqIf(${eventPerson}, ${ago} < 1) AS daily, uniqIf(${eventPerson}, ${ago} < 7) AS weekly, uniq(${eventPerson}) AS monthly
FROM logs
WHERE ${month.condition} AND ${whose} AND tenant_id != ''
GROUP BY tenant_id
ORDER BY monthly DESC, tenant
LIMIT ${maxTenants}`,
      params: { ...month.params, ...params },
    }),
  ]);
  const byDay = new Map(dayRows.map(row => [row.ago, row]));
  return {
    ...figures(byDay.get(0)),
    days: Array.from({ length: days }, (_, index) => days - 1 - index).map(dayAgo => ({
      atMs: Math.max(0, toMs - dayAgo * dayMs),
      ...figures(byDay.get(dayAgo)),
    })),
    tenants: tenantRows.map(({ tenant, ...counts }) => ({ tenant, ...numbers(counts) })),
  };
}

function numbers(row: Omit<DayRow, 'ago'> | undefined): { daily: number; weekly: number; monthly: number } {
  return { daily: Number(row?.daily ?? 0), weekly: Number(row?.weekly ?? 0), monthly: Number(row?.monthly ?? 0) };
}

function figures(row: DayRow | undefined): Pick<ActiveUsersAnswer, 'daily' | 'weekly' | 'monthly' | 'stickiness'> {
  const counts = numbers(row);
  return { ...counts, stickiness: counts.monthly === 0 ? null : counts.daily / counts.monthly };
}
