import { type Asker, ask } from '../asker.js';
import { type TimeWindow, inWindow, windowParams } from '../time-window.js';

const sampleMs = 600_000;

/**
 * What is called that is one of our own services: its name, and the addresses behind which one of them answered in the last ten minutes of the window
 * (the call's child is a server span).
 */
export async function readOwnAddresses(asker: Asker, { fromMs, toMs }: TimeWindow): Promise<ReadonlySet<string>> {
  const [answered, services] = await Promise.all([
    ask<{ peer: string }>(asker, {
      sql: `SELECT DISTINCT caller.peer AS peer
FROM (
  SELECT trace_id, span_id, if(called != '', called, concat(address, if(port = '', '', ':'), port)) AS peer,
    if(attrs['service.peer.name'] != '', attrs['service.peer.name'], attrs['peer.service']) AS called,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address,
    if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND ${inWindow()} AND kind = 3 AND (address != '' OR called != '')
  ORDER BY ts DESC
  LIMIT 20 BY peer
  LIMIT 5000
) AS caller
INNER JOIN (
  SELECT trace_id, parent_span_id
  FROM spans
  WHERE workspace = {workspace:String} AND ${inWindow()} AND kind = 2
) AS callee
ON callee.trace_id = caller.trace_id AND callee.parent_span_id = caller.span_id`,
      params: windowParams({ fromMs: Math.max(fromMs, toMs - sampleMs), toMs }),
    }),
    ask<{ service: string }>(asker, {
      sql: `SELECT DISTINCT service
FROM operation_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')} AND kind IN (2, 5)
LIMIT 10000`,
      params: windowParams({ fromMs, toMs }),
    }),
  ]);
  return new Set([...answered.map(({ peer }) => peer), ...services.map(({ service }) => service)]);
}
