SELECT 'logs' AS signal FROM logs WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') LIMIT 1
UNION ALL
SELECT 'metrics' AS signal FROM metric_series WHERE workspace = {workspace:String} AND service = {service:String} LIMIT 1;

SELECT caller.peer AS peer, argMax(callee.service, seen) AS called
FROM (
  SELECT trace_id, span_id, concat(address, if(port = '', '', ':'), port) AS peer,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address,
    if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind = 3 AND address != ''
  ORDER BY ts DESC
  LIMIT 20 BY peer
  LIMIT 2000
) AS caller
INNER JOIN (
  SELECT trace_id, parent_span_id, service, ts AS seen
  FROM spans
  WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind = 2
) AS callee
ON callee.trace_id = caller.trace_id AND callee.parent_span_id = caller.span_id
GROUP BY peer;

SELECT error_type AS type, argMax(status_message, ts) AS message, round(sum(weight)) AS n,
  toInt64(toUnixTimestamp64Milli(min(ts))) AS first, toInt64(toUnixTimestamp64Milli(max(ts))) AS last,
  lower(hex(argMax(trace_id, ts))) AS trace
FROM spans
WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5) AND status_code = 2
GROUP BY type
ORDER BY n DESC, type
LIMIT 20;

SELECT max(weight) AS most
FROM spans
WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC');

SELECT operation, kind, toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets
FROM (
  SELECT ts AS minute, service, name AS operation, kind, multiIf(
    kind < 3, '',
    database = 'redis', database,
    database != '', concat(database, if(namespace = '', '', ' '), namespace),
    messaging != '', concat(messaging, if(destination = '', '', ' '), destination),
    peerService != '', peerService,
    address != '', concat(address, if(port = '', '', ':'), port),
    '') AS peer, toFloat64(weight) AS count, if(status_code = 2, count, 0) AS errors,
    spans.duration_ns * count AS duration_ns, map(toUInt16(floor(8 * log2(greatest(spans.duration_ns, 1)))), count) AS durations,
    if(attrs['db.system.name'] != '', attrs['db.system.name'], attrs['db.system']) AS database, if(attrs['db.namespace'] != '', attrs['db.namespace'], attrs['db.name']) AS namespace, attrs['messaging.system'] AS messaging,
    if(attrs['messaging.destination.name'] != '', attrs['messaging.destination.name'], attrs['messaging.destination']) AS destination, if(attrs['service.peer.name'] != '', attrs['service.peer.name'], attrs['peer.service']) AS peerService,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address, if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5)
)
WHERE true AND (operation, kind) IN (
  SELECT operation, kind FROM (
  SELECT ts AS minute, service, name AS operation, kind, multiIf(
    kind < 3, '',
    database = 'redis', database,
    database != '', concat(database, if(namespace = '', '', ' '), namespace),
    messaging != '', concat(messaging, if(destination = '', '', ' '), destination),
    peerService != '', peerService,
    address != '', concat(address, if(port = '', '', ':'), port),
    '') AS peer, toFloat64(weight) AS count, if(status_code = 2, count, 0) AS errors,
    spans.duration_ns * count AS duration_ns, map(toUInt16(floor(8 * log2(greatest(spans.duration_ns, 1)))), count) AS durations,
    if(attrs['db.system.name'] != '', attrs['db.system.name'], attrs['db.system']) AS database, if(attrs['db.namespace'] != '', attrs['db.namespace'], attrs['db.name']) AS namespace, attrs['messaging.system'] AS messaging,
    if(attrs['messaging.destination.name'] != '', attrs['messaging.destination.name'], attrs['messaging.destination']) AS destination, if(attrs['service.peer.name'] != '', attrs['service.peer.name'], attrs['peer.service']) AS peerService,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address, if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5)
)
WHERE true GROUP BY operation, kind ORDER BY sum(duration_ns) DESC LIMIT 100
)
GROUP BY operation, kind, step;

SELECT peer, kind, toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets
FROM (
  SELECT ts AS minute, service, name AS operation, kind, multiIf(
    kind < 3, '',
    database = 'redis', database,
    database != '', concat(database, if(namespace = '', '', ' '), namespace),
    messaging != '', concat(messaging, if(destination = '', '', ' '), destination),
    peerService != '', peerService,
    address != '', concat(address, if(port = '', '', ':'), port),
    '') AS peer, toFloat64(weight) AS count, if(status_code = 2, count, 0) AS errors,
    spans.duration_ns * count AS duration_ns, map(toUInt16(floor(8 * log2(greatest(spans.duration_ns, 1)))), count) AS durations,
    if(attrs['db.system.name'] != '', attrs['db.system.name'], attrs['db.system']) AS database, if(attrs['db.namespace'] != '', attrs['db.namespace'], attrs['db.name']) AS namespace, attrs['messaging.system'] AS messaging,
    if(attrs['messaging.destination.name'] != '', attrs['messaging.destination.name'], attrs['messaging.destination']) AS destination, if(attrs['service.peer.name'] != '', attrs['service.peer.name'], attrs['peer.service']) AS peerService,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address, if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (3, 4)
)
WHERE true AND peer IN (SELECT peer FROM (
  SELECT ts AS minute, service, name AS operation, kind, multiIf(
    kind < 3, '',
    database = 'redis', database,
    database != '', concat(database, if(namespace = '', '', ' '), namespace),
    messaging != '', concat(messaging, if(destination = '', '', ' '), destination),
    peerService != '', peerService,
    address != '', concat(address, if(port = '', '', ':'), port),
    '') AS peer, toFloat64(weight) AS count, if(status_code = 2, count, 0) AS errors,
    spans.duration_ns * count AS duration_ns, map(toUInt16(floor(8 * log2(greatest(spans.duration_ns, 1)))), count) AS durations,
    if(attrs['db.system.name'] != '', attrs['db.system.name'], attrs['db.system']) AS database, if(attrs['db.namespace'] != '', attrs['db.namespace'], attrs['db.name']) AS namespace, attrs['messaging.system'] AS messaging,
    if(attrs['messaging.destination.name'] != '', attrs['messaging.destination.name'], attrs['messaging.destination']) AS destination, if(attrs['service.peer.name'] != '', attrs['service.peer.name'], attrs['peer.service']) AS peerService,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address, if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (3, 4)
)
WHERE true GROUP BY peer ORDER BY sum(duration_ns) DESC LIMIT 50)
GROUP BY peer, kind, step;

SELECT service, environment, version, step, min(atMs) AS first, max(atMs) AS last, sum(count) AS n
FROM (
  SELECT service, environment, version, count, toInt64(toUnixTimestamp(minute)) * 1000 AS atMs, if(atMs < {rangeFromMs:Int64}, 0, intDiv(atMs - {rangeFromMs:Int64}, {stepMs:Int64}) + 1) AS step
  FROM operation_minutes
  WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String} AND (service, environment) IN (SELECT service, environment FROM operation_minutes WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String} GROUP BY service, environment HAVING uniqExact(version) > 1)
)
GROUP BY service, environment, version, step
ORDER BY step, first, version LIMIT {limit:UInt32};

SELECT toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets
FROM (
  SELECT ts AS minute, service, name AS operation, kind, multiIf(
    kind < 3, '',
    database = 'redis', database,
    database != '', concat(database, if(namespace = '', '', ' '), namespace),
    messaging != '', concat(messaging, if(destination = '', '', ' '), destination),
    peerService != '', peerService,
    address != '', concat(address, if(port = '', '', ':'), port),
    '') AS peer, toFloat64(weight) AS count, if(status_code = 2, count, 0) AS errors,
    spans.duration_ns * count AS duration_ns, map(toUInt16(floor(8 * log2(greatest(spans.duration_ns, 1)))), count) AS durations,
    if(attrs['db.system.name'] != '', attrs['db.system.name'], attrs['db.system']) AS database, if(attrs['db.namespace'] != '', attrs['db.namespace'], attrs['db.name']) AS namespace, attrs['messaging.system'] AS messaging,
    if(attrs['messaging.destination.name'] != '', attrs['messaging.destination.name'], attrs['messaging.destination']) AS destination, if(attrs['service.peer.name'] != '', attrs['service.peer.name'], attrs['peer.service']) AS peerService,
    if(attrs['server.address'] != '', attrs['server.address'], attrs['net.peer.name']) AS address, if(attrs['server.port'] != '', attrs['server.port'], attrs['net.peer.port']) AS port
  FROM spans
  WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5)
)
WHERE true
GROUP BY step;

SELECT toString(id) AS resource, any(version) AS version,
  any(mapFilter((k, v) -> k IN ('service.instance.id', 'host.name', 'process.runtime.name', 'process.runtime.version'), attrs)) AS facts
FROM resources
WHERE workspace = {workspace:String} AND service = {service:String}
GROUP BY id;

SELECT toString(resource_id) AS resource, toUnixTimestamp64Milli(max(ts)) AS last
FROM spans
WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
GROUP BY resource_id
ORDER BY last DESC, resource
LIMIT 200;

SELECT version, groupUniqArray(100)(environment) AS environments,
  toInt64(toUnixTimestamp(min(minute))) AS first, toInt64(toUnixTimestamp(max(minute))) AS last
FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
GROUP BY version
ORDER BY first, version;
