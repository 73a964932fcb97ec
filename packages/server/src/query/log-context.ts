import type { LogContextAnswer } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { type StoredLog, logColumns, readLog } from './logs.js';
import { inWindow, windowParams } from './time-window.js';

const hourMs = 3_600_000;

/** How far around a line to look, first near, then far: most services write more than a line per minute. */
const reachesMs = [hourMs, 24 * hourMs];

/** The line and up to `lines` of the same service on each side of it, oldest first. */
export async function logContext(
  asker: Asker,
  {
    time,
    id,
    service,
    lines,
  }: { readonly time: string; readonly id: string; readonly service: string; readonly lines: number },
): Promise<LogContextAnswer> {
  const atMs = Number(BigInt(time) / 1_000_000n);
  const side = async (isBefore: boolean): Promise<readonly StoredLog[]> => {
    let rows: readonly StoredLog[] = [];
    for (const reachMs of reachesMs) {
      rows = await ask<StoredLog>(asker, {
        sql: `SELECT ${logColumns}
FROM logs
WHERE workspace = {workspace:String} AND ${inWindow()} AND service = {service:String}
  AND (ts, id) ${isBefore ? '<=' : '>'} (fromUnixTimestamp64Nano({time:Int64}, 'UTC'), {id:UInt64})
ORDER BY ts ${isBefore ? 'DESC' : 'ASC'}, id ${isBefore ? 'DESC' : 'ASC'}
LIMIT {limit:UInt32}`,
        params: {
          ...windowParams(
            isBefore ? { fromMs: atMs - reachMs, toMs: atMs + 1 } : { fromMs: atMs, toMs: atMs + reachMs },
          ),
          service,
          time,
          id,
          limit: isBefore ? lines + 1 : lines,
        },
      });
      if (rows.length >= lines) break;
    }
    return rows;
  };
  const [before, behind] = await Promise.all([side(true), side(false)]);
  return { logs: [...before.toReversed(), ...behind].map(readLog) };
}
