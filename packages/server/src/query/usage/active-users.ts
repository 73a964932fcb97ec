import type { ActiveUsersAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { type EventScope, eventLabel, eventPerson, eventPlan, eventRows } from './event-rows.js';

export interface ActiveUsersQuestion extends EventScope {
  readonly toMs: number;
  /** So many days of the course. */
  readonly days: number;
  /** Names of events that count as activity; empty: all. */
  readonly events: readonly string[];
  /** Tenants are counted in place of people. */
  readonly countsTenants: boolean;
}

const dayMs = 86_400_000;
const monthDays = 30;
const maxGroups = 100;

interface DayRow {
  readonly ago: number;
  readonly daily: string;
  readonly weekly: string;
  readonly monthly: string;
}

interface GroupRow extends Omit<DayRow, 'ago'> {
  readonly name: string;
}

/**
 * People (or tenants) with an event in the 1, 7 and 30 days before `toMs`, and before each earlier day. Days are 24 hours that end with `toMs`'s time of day.
 * Exact up to some ten thousand people, within a percent beyond.
 */
export async function readActiveUsers(asker: Asker, question: ActiveUsersQuestion): Promise<ActiveUsersAnswer> {
  const { toMs, days, events, countsTenants } = question;
  const rows = (before: number): ReturnType<typeof eventRows> =>
    eventRows(question, { fromMs: toMs - before * dayMs, toMs });
  const counted = countsTenants ? 'tenant_id' : eventPerson;
  const whose = `${counted} != ''${events.length === 0 ? '' : ` AND ${eventLabel} IN {events:Array(String)}`}`;
  const ago = 'intDiv({toMs:Int64} - 1 - toUnixTimestamp64Milli(ts), {dayMs:Int64})';
  const course = rows(days - 1 + monthDays);
  const month = rows(monthDays);
  const params = { dayMs, ...(events.length > 0 && { events }) };
  const byGroup = (group: string): Promise<readonly GroupRow[]> =>
    ask<GroupRow>(asker, {
      sql: `SELECT ${group} AS name, uniqIf(${counted}, ${ago} < 1) AS daily, uniqIf(${counted}, ${ago} < 7) AS weekly, uniq(${counted}) AS monthly
FROM logs
WHERE ${month.condition} AND ${whose} AND ${group} != ''
GROUP BY name
ORDER BY monthly DESC, name
LIMIT ${maxGroups}`,
      params: { ...month.params, ...params },
    });
  const [dayRows, tenantRows, planRows] = await Promise.all([
    ask<DayRow>(asker, {
      // A day's people count for its own day and the 29 after it.
      sql: `SELECT toInt32(dayAgo - age) AS ago, uniqMergeIf(people, age = 0) AS daily, uniqMergeIf(people, age < 7) AS weekly, uniqMerge(people) AS monthly
FROM (
  SELECT dayAgo, people, arrayJoin(range(${monthDays})) AS age
  FROM (
    SELECT ${ago} AS dayAgo, uniqState(${counted}) AS people
    FROM logs
    WHERE ${course.condition} AND ${whose}
    GROUP BY dayAgo
  )
)
WHERE ago >= 0 AND ago < {days:Int32}
GROUP BY ago`,
      params: { ...course.params, ...params, days },
    }),
    byGroup('tenant_id'),
    byGroup(eventPlan),
  ]);
  const byDay = new Map(dayRows.map(row => [row.ago, row]));
  return {
    ...figures(byDay.get(0)),
    days: Array.from({ length: days }, (_, index) => days - 1 - index).map(dayAgo => ({
      atMs: Math.max(0, toMs - dayAgo * dayMs),
      ...figures(byDay.get(dayAgo)),
    })),
    tenants: tenantRows.map(({ name, ...counts }) => ({ tenant: name, ...numbers(counts) })),
    plans: planRows.map(({ name, ...counts }) => ({ plan: name, ...numbers(counts) })),
  };
}

function numbers(row: Omit<DayRow, 'ago'> | undefined): { daily: number; weekly: number; monthly: number } {
  return { daily: Number(row?.daily ?? 0), weekly: Number(row?.weekly ?? 0), monthly: Number(row?.monthly ?? 0) };
}

function figures(row: DayRow | undefined): Pick<ActiveUsersAnswer, 'daily' | 'weekly' | 'monthly' | 'stickiness'> {
  const counts = numbers(row);
  return { ...counts, stickiness: counts.monthly === 0 ? null : counts.daily / counts.monthly };
}
