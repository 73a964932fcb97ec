import type { FunnelAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { groupBy } from '../group-by.js';
import type { TimeWindow } from '../time-window.js';
import { type EventScope, eventLabel, eventPerson, eventPlan, eventRows } from './event-rows.js';

const maxGroups = 20;

export interface FunnelQuestion extends EventScope, TimeWindow {
  /** Names as `eventLabel` makes them, two at least. */
  readonly steps: readonly string[];
  /** The last step follows the first within so long. */
  readonly windowSeconds: number;
  /** Also for each of these apart. */
  readonly by: 'plan' | 'tenant' | undefined;
}

/** How many people came how far: through the steps in their order, whatever they did between, within the window from the first. */
export async function readFunnel(asker: Asker, question: FunnelQuestion): Promise<FunnelAnswer> {
  const { steps, windowSeconds, by } = question;
  const group = by === undefined ? `''` : by === 'plan' ? eventPlan : 'tenant_id';
  const { condition, params } = eventRows(question, question);
  const conditions = steps.map((_, index) => `name = {step${index}:String}`).join(', ');
  const rows = await ask<{ readonly level: number; readonly whose: string; readonly people: string }>(asker, {
    sql: `SELECT level, whose, count() AS people
FROM (
  SELECT anyLast(part) AS whose, windowFunnel({windowMs:UInt64})(atMs, ${conditions}) AS level
  FROM (
    SELECT ${group} AS part, ${eventPerson} AS person, ${eventLabel} AS name, toUInt64(toUnixTimestamp64Milli(ts)) AS atMs
    FROM logs
    WHERE ${condition}
  )
  WHERE person != '' AND name IN {names:Array(String)}
  GROUP BY person
)
GROUP BY level, whose`,
    params: {
      ...params,
      windowMs: windowSeconds * 1000,
      names: [...new Set(steps)],
      ...Object.fromEntries(steps.map((name, index) => [`step${index}`, name])),
    },
  });
  const reached = (some: typeof rows): number[] =>
    steps.map((_, index) => some.reduce((sum, { level, people }) => sum + (level > index ? Number(people) : 0), 0));
  const users = reached(rows);
  const parts = by === undefined ? [] : [...groupBy(rows, ({ whose }) => whose)];
  return {
    steps: steps.map((name, index) => ({
      name,
      users: users[index] ?? 0,
      ofFirst: ratio(users[index], users[0]),
      ofPrevious: index === 0 ? null : ratio(users[index], users[index - 1]),
    })),
    groups: parts
      .map(([name, some]) => ({ name, users: reached(some) }))
      .filter(({ users: [first = 0] }) => first > 0)
      .toSorted((a, b) => (b.users[0] ?? 0) - (a.users[0] ?? 0) || a.name.localeCompare(b.name, 'en'))
      .slice(0, maxGroups),
  };
}

function ratio(part: number | undefined, whole: number | undefined): number | null {
  return part === undefined || whole === undefined || whole === 0 ? null : part / whole;
}
