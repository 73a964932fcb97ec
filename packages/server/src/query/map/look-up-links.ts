import type { ChdbStore } from '../../store/chdb-store.js';
import { peerColumn, peerParts } from '../red-source.js';
import type { TimeWindow } from '../time-window.js';

/** So many calls of each address are followed per minute, and of all together per look-up. */
const callsPerMinute = 20;
const maxCalls = 50_000;

/** What a call starts may begin a little before it, by another machine's clock, or after it. */
const clockSlackMs = 60_000;

/**
 * Finds which services answered behind the addresses that others called in the window, and keeps it in `map_links`.
 *
 * The called service's own span, the child of the call, says who answered. A window may be looked through again: what is known stays.
 */
export async function lookUpLinks(store: ChdbStore, { fromMs, toMs }: TimeWindow): Promise<void> {
  await store.command(`INSERT INTO map_links (workspace, hour, service, peer, called, calls, received)
SELECT caller.owner, caller.calledIn, caller.callingService, caller.peer, callee.service, count(), today()
FROM (
  SELECT workspace, trace_id, parent_span_id, service
  FROM spans
  WHERE ${within(fromMs - clockSlackMs, toMs + clockSlackMs)} AND kind = 2
) AS callee
INNER JOIN (
  SELECT workspace AS owner, trace_id AS trace, span_id AS span, service AS callingService, toStartOfHour(ts) AS calledIn, ${peerColumn} AS peer,
    ${peerParts}
  FROM spans
  WHERE ${within(fromMs, toMs)} AND kind = 3 AND database = '' AND messaging = '' AND peer != ''
  LIMIT ${callsPerMinute} BY workspace, service, peer, toStartOfMinute(ts)
  LIMIT ${maxCalls}
) AS caller
ON callee.workspace = caller.owner AND callee.trace_id = caller.trace AND callee.parent_span_id = caller.span
GROUP BY caller.owner, caller.calledIn, caller.callingService, caller.peer, callee.service`);
}

/** The hour is asked for apart from the time itself: it leads the sorting key. */
function within(fromMs: number, toMs: number): string {
  const [first, last] = [fromMs, toMs].map(ms => `fromUnixTimestamp64Milli(${Math.max(Math.floor(ms), 0)}, 'UTC')`);
  return `toStartOfHour(ts) >= toStartOfHour(${first}) AND toStartOfHour(ts) <= toStartOfHour(${last}) AND ts >= ${first} AND ts < ${last}`;
}
