import { type Asker, ask } from '../asker.js';
import { type LookedCall } from '../calls/read-callers.js';
import { readOperations, readSteps } from '../calls/read-calls.js';
import { sampleWindow } from '../calls/sample-window.js';
import { type Steps, type TimeWindow, inWindow, windowParams } from '../time-window.js';

/** One call of a service of others, with how it ended. */
export interface LookedVendorCall extends LookedCall {
  readonly peer: string;
  readonly isFailed: boolean;
  /** Class of the error, else the status; '' when there was none. */
  readonly reason: string;
  /** Requests that were made again for it. */
  readonly resends: number;
}

const maxLooked = 3000;
const either = (key: string, older: string): string => `if(attrs['${key}'] != '', attrs['${key}'], attrs['${older}'])`;

/** The newest calls of these peers. */
export async function readVendorCalls(
  asker: Asker,
  { env, peers, steps }: { readonly env: string | undefined; readonly peers: readonly string[]; readonly steps: Steps },
): Promise<{ readonly calls: readonly LookedVendorCall[]; readonly window: TimeWindow }> {
  if (peers.length === 0) return { calls: [], window: steps.window };
  const scope = { env, peers };
  const [byStep, operations] = await Promise.all([
    readSteps(asker, 'client', scope, steps),
    readOperations(asker, 'client', scope, steps, 1000),
  ]);
  const window = sampleWindow(byStep, steps, maxLooked) ?? steps.window;
  const rows = await ask<{
    trace: string;
    span: string;
    parent: string;
    service: string;
    peer: string;
    ns: string;
    status: number;
    error: string;
    http: string;
    resends: string;
  }>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, lower(hex(parent_span_id)) AS parent, service, peer, duration_ns AS ns, status_code AS status,
  error_type AS error, http_status AS http, attrs['http.request.resend_count'] AS resends
FROM (
  SELECT *, ${either('service.peer.name', 'peer.service')} AS called, ${either('server.address', 'net.peer.name')} AS address,
    ${either('server.port', 'net.peer.port')} AS port, if(called != '', called, concat(address, if(port = '', '', ':'), port)) AS peer
  FROM spans
  WHERE workspace = {workspace:String} AND ${inWindow()} AND kind = 3 AND name IN {operations:Array(String)}
    ${env === undefined ? '' : 'AND environment = {env:String}'}
)
WHERE peer IN {peers:Array(String)}
ORDER BY ts DESC
LIMIT ${maxLooked}`,
    params: {
      ...windowParams(window),
      peers,
      operations: operations.map(({ operation }) => operation),
      env: env ?? '',
    },
  });
  return {
    window,
    calls: rows.map(row => ({
      traceId: row.trace,
      spanId: row.span,
      parentId: row.parent,
      service: row.service,
      durationNs: Number(row.ns),
      peer: row.peer,
      isFailed: row.status === 2,
      reason: row.error === '' ? row.http : row.error,
      resends: Number(row.resends) || 0,
    })),
  };
}
