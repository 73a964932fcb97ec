import type { UsageAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { type TimeWindow, chooseSteps } from '../time-window.js';
import { type EventScope, eventLabel, eventPerson, eventRows } from './event-rows.js';

export interface UsageQuestion extends EventScope, TimeWindow {
  readonly nowMs: number;
}

const maxNames = 200;
const trendSteps = 60;
const leastStepMs = 60_000;
/** What our SDK notes of requests and processes is nothing that people use. */
const ownNotes = `event_name NOT IN ('http.request', 'http.slow_request', 'db.slow_query', 'db.query_plan', 'external.circuit', 'health.changed',
    'nodejs.eventloop.stall', 'exception', 'message') AND NOT startsWith(event_name, 'bellwether.')`;

interface NameRow {
  readonly name: string;
  readonly event: string;
  readonly happened: string;
  readonly people: string;
  readonly tenants: string;
  readonly lastMs: string;
}

interface TrendRow {
  readonly name: string;
  readonly event: string;
  readonly step: string;
  readonly happened: string;
}

/** Events by name, the most used first: how often, by how many people of how many tenants, and when. */
export async function readUsage(asker: Asker, question: UsageQuestion): Promise<UsageAnswer> {
  const steps = chooseSteps(question, trendSteps, leastStepMs);
  const { condition: inScope, params } = eventRows(question, steps.window);
  const condition = `${inScope} AND ${ownNotes}`;
  const person = `nullIf(${eventPerson}, '')`;
  const [names, totals] = await Promise.all([
    ask<NameRow>(asker, {
      sql: `SELECT ${eventLabel} AS name, event_name AS event, count() AS happened, uniq(${person}) AS people, uniq(nullIf(tenant_id, '')) AS tenants,
  toUnixTimestamp64Milli(max(ts)) AS lastMs
FROM logs
WHERE ${condition}
GROUP BY name, event
ORDER BY happened DESC, name, event
LIMIT ${maxNames + 1}`,
      params,
    }),
    ask<Pick<NameRow, 'people' | 'tenants'>>(asker, {
      sql: `SELECT uniq(${person}) AS people, uniq(nullIf(tenant_id, '')) AS tenants FROM logs WHERE ${condition}`,
      params,
    }),
  ]);
  const shown = names.slice(0, maxNames);
  const trend = await ask<TrendRow>(asker, {
    sql: `SELECT ${eventLabel} AS name, event_name AS event, intDiv(toUnixTimestamp64Milli(ts) - {fromMs:Int64}, {stepMs:Int64}) AS step, count() AS happened
FROM logs
WHERE ${condition} AND event_name IN {events:Array(String)} AND name IN {names:Array(String)}
GROUP BY name, event, step`,
    params: {
      ...params,
      stepMs: steps.stepMs,
      events: [...new Set(shown.map(({ event }) => event))],
      names: [...new Set(shown.map(({ name }) => name))],
    },
  });
  const trends = new Map<string, Map<number, number>>();
  for (const { name, event, step, happened } of trend) {
    const key = `${event}\n${name}`;
    const course = trends.get(key) ?? new Map<number, number>();
    course.set(Number(step), Number(happened));
    trends.set(key, course);
  }
  const users = Number(totals[0]?.people ?? 0);
  return {
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: (steps.stepsMs.at(-1) ?? 0) + steps.stepMs > Math.min(question.nowMs, question.toMs),
    users,
    tenants: Number(totals[0]?.tenants ?? 0),
    usage: shown.map(({ name, event, happened, people, tenants, lastMs }) => {
      const course = trends.get(`${event}\n${name}`);
      return {
        name,
        event,
        events: Number(happened),
        users: Number(people),
        tenants: Number(tenants),
        adoption: users === 0 ? null : Number(people) / users,
        lastMs: Number(lastMs),
        trend: steps.stepsMs.map((_, index) => course?.get(index) ?? 0),
      };
    }),
    truncated: names.length > maxNames,
  };
}
