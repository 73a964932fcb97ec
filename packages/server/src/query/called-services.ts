import { type Asker, ask } from './asker.js';
import { type TimeWindow, inWindow, windowParams } from './time-window.js';

const sampleMs = 600_000;

/**
 * The services that answer behind the addresses which a service calls, by address: `127.0.0.1:8080` → `checkout`.
 *
 * An address says little and changes with every restart; the called service's own span, the child of the call, says who answered.
 * Looks at the calls of the last ten minutes of the window.
 */
export async function calledServices(
  asker: Asker,
  service: string,
  { fromMs, toMs }: TimeWindow,
): Promise<ReadonlyMap<string, string>> {
  const rows = await ask<{ peer: string; called: string }>(asker, {
    sql: `SELECT caller.peer AS peer, argMax(callee.service, seen) AS called
FROM (
  SELECT trace_id, span_id, concat(address, if(port = '', '', ':'), port) AS peer,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address,
    if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND ${inWindow()} AND kind = 3 AND address != ''
  ORDER BY ts DESC
  LIMIT 20 BY peer
  LIMIT 2000
) AS caller
INNER JOIN (
  SELECT trace_id, parent_span_id, service, ts AS seen
  FROM spans
  WHERE workspace = {workspace:String} AND ${inWindow()} AND kind = 2
) AS callee
ON callee.trace_id = caller.trace_id AND callee.parent_span_id = caller.span_id
GROUP BY peer`,
    params: { ...windowParams({ fromMs: Math.max(fromMs, toMs - sampleMs), toMs }), service },
  });
  return new Map(rows.map(row => [row.peer, row.called]));
}
