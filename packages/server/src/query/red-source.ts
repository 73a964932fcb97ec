import { inWindow } from './time-window.js';

/** Up to this length a window is read from the spans themselves: its minutes would be too few to draw. */
export const finestWindowMs = 900_000;

/** The shortest step of such a window, and of any other. */
export const fineStepMs = 5000;
export const minuteMs = 60_000;

const either = (key: string, older: string): string => `if(attrs['${key}'] != '', attrs['${key}'], attrs['${older}'])`;

const withPart = (name: string, between: string, part: string): string =>
  `concat(${name}, if(${part} = '', '', '${between}'), ${part})`;

/** What a call calls or a consumer takes from, as the receiver names it in `red_minutes`: the namespace of a Redis client is only a number. */
export const peerColumn = `multiIf(
    kind < 3, '',
    database = 'redis', database,
    database != '', ${withPart('database', ' ', 'namespace')},
    messaging != '', ${withPart('messaging', ' ', 'destination')},
    peerService != '', peerService,
    address != '', ${withPart('address', ':', 'port')},
    '')`;

/** What `peerColumn` is made of; both stand in one list of columns. */
export const peerParts = `${either('db.system.name', 'db.system')} AS database, ${either('db.namespace', 'db.name')} AS namespace, attrs['messaging.system'] AS messaging,
    ${either('messaging.destination.name', 'messaging.destination')} AS destination, ${either('service.peer.name', 'peer.service')} AS peerService,
    ${either('server.address', 'net.peer.name')} AS address, ${either('server.port', 'net.peer.port')} AS port`;

/**
 * `FROM ... WHERE ...` of rows like those of `operation_minutes`: from there, or for `steps` shorter than a minute made from the spans one by one, each for as
 * many as it stands for. Those are estimates where traces are sampled; the minutes count every span that was received, for as many as its sender says.
 * Wants the parameters of the window.
 */
export function redSource(scope: string, kinds: string, stepMs: number): string {
  if (stepMs >= minuteMs) return `FROM operation_minutes\nWHERE ${scope} AND ${inWindow('minute')} AND ${kinds}`;
  return `FROM (
  SELECT ts AS minute, service, name AS operation, kind, ${peerColumn} AS peer, toFloat64(weight) AS count, if(status_code = 2, count, 0) AS errors,
    spans.duration_ns * count AS duration_ns, map(toUInt16(floor(8 * log2(greatest(spans.duration_ns, 1)))), count) AS durations,
    ${peerParts}
  FROM spans
  WHERE ${scope} AND ${inWindow()} AND ${kinds}
)
WHERE true`;
}
