import type { FunnelAnswer } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import type { TimeWindow } from '../time-window.js';
import { type EventScope, eventLabel, eventPerson, eventRows } from './event-rows.js';

export interface FunnelQuestion extends EventScope, TimeWindow {
  /** Names as `eventLabel` makes them, two at least. */
  readonly steps: readonly string[];
  /** The last step follows the first within so long. */
  readonly windowSeconds: number;
}

/** How many people came how far: through the steps in their order, whatever they did between, within the window from the first. */
export async function readFunnel(asker: Asker, question: FunnelQuestion): Promise<FunnelAnswer> {
  const { steps, windowSeconds } = question;
  const { condition, params } = eventRows(question, question);
  const conditions = steps.map((_, index) => `name = {step${index}:String}`).join(', ');
  const rows = await ask<{ readonly level: number; readonly people: string }>(asker, {
    sql: `SELECT level, count() AS people
FROM (
  SELECT windowFunnel({windowMs:UInt64})(atMs, ${conditions}) AS level
  FROM (
    SELECT ${eventPerson} AS person, ${eventLabel} AS name, toUInt64(toUnixTimestamp64Milli(ts)) AS atMs
    FROM logs
    WHERE ${condition}
  )
  WHERE person != '' AND name IN {names:Array(String)}
  GROUP BY person
)
GROUP BY level`,
    params: {
      ...params,
      windowMs: windowSeconds * 1000,
      names: [...new Set(steps)],
      ...Object.fromEntries(steps.map((name, index) => [`step${index}`, name])),
    },
  });
  const users = steps.map((_, index) =>
    rows.reduce((sum, { level, people }) => sum + (level > index ? Number(people) : 0), 0),
  );
  return {
    steps: steps.map((name, index) => ({
      name,
      users: users[index] ?? 0,
      ofFirst: ratio(users[index], users[0]),
      ofPrevious: index === 0 ? null : ratio(users[index], users[index - 1]),
    })),
  };
}

function ratio(part: number | undefined, whole: number | undefined): number | null {
  return part === undefined || whole === undefined || whole === 0 ? null : part / whole;
}
