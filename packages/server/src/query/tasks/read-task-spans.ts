import { type Asker, ask } from '../asker.js';
import { groupBy } from '../group-by.js';
import { type Red, type RedRow, addRed, readRed, redColumns } from '../red.js';
import { redSource } from '../red-source.js';
import { type Steps, inWindow, windowParams } from '../time-window.js';

/** Runs of one kind of task, as the spans of workers tell them. */
export interface SpanTask {
  readonly system: string;
  readonly queue: string;
  readonly task: string;
  readonly services: readonly string[];
  readonly red: Red;
}

const either = (key: string, older: string): string => `if(attrs['${key}'] != '', attrs['${key}'], attrs['${older}'])`;
const maxKinds = 500;

/**
 * Runs by queue, from consumer spans. The figures are those of each span name, counted before sampling; which queue a name belongs to is read from its spans of the minute
 * in which it was last seen.
 */
export async function readTaskSpans(
  asker: Asker,
  { env, steps }: { readonly env: string | undefined; readonly steps: Steps },
): Promise<readonly SpanTask[]> {
  const inEnv = env === undefined ? '' : ' AND environment = {env:String}';
  const params = { ...windowParams(steps.window), env: env ?? '' };
  const rows = await ask<RedRow & { service: string; operation: string; last: string }>(asker, {
    sql: `SELECT service, operation, toInt64(toUnixTimestamp(max(minute))) AS last, ${redColumns}
${redSource(`workspace = {workspace:String}${inEnv}`, 'kind = 5', steps.stepMs)}
GROUP BY service, operation
ORDER BY sum(duration_ns) DESC
LIMIT ${maxKinds}`,
    params,
  });
  if (rows.length === 0) return [];
  const named = await ask<{ service: string; name: string; system: string; queue: string; task: string }>(asker, {
    sql: `SELECT service, name, any(attrs['messaging.system']) AS system, any(${either('messaging.destination.name', 'messaging.destination')}) AS queue,
  if(uniq(attrs['bellwether.task.type']) = 1, any(attrs['bellwether.task.type']), '') AS task
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND kind = 5 AND (service, name) IN (
    SELECT tupleElement(pair, 1), tupleElement(pair, 2) FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {names:Array(String)})) AS pair)
  ) AND toUnixTimestamp(toStartOfMinute(ts)) IN {minutes:Array(UInt32)}
GROUP BY service, name`,
    params: {
      ...params,
      services: rows.map(row => row.service),
      names: rows.map(row => row.operation),
      minutes: [...new Set(rows.map(row => Math.floor(Number(row.last) / 60) * 60))],
    },
  });
  const known = new Map(named.map(row => [`${row.service}\n${row.name}`, row]));
  const tasks = rows.map(row => {
    const { system = '', queue = '', task = '' } = known.get(`${row.service}\n${row.operation}`) ?? {};
    // A consumer that names no queue is called as its spans are.
    return { system, queue: queue === '' ? row.operation : queue, task, service: row.service, red: readRed(row) };
  });
  return [...groupBy(tasks, ({ system, queue, task }) => `${system}\n${queue}\n${task}`).values()].flatMap(group => {
    const [first] = group;
    if (first === undefined) return [];
    const { system, queue, task } = first;
    const services = [...new Set(group.map(({ service }) => service))].sort();
    return [{ system, queue, task, services, red: addRed(group.map(({ red }) => red)) }];
  });
}
