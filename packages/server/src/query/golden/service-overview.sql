SELECT 'logs' AS signal FROM logs WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') LIMIT 1
UNION ALL
SELECT 'metrics' AS signal FROM metric_series WHERE workspace = {workspace:String} AND service = {service:String} LIMIT 1;

SELECT 1 AS found
FROM spans
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND weight > 1 AND position(trace_state, 'th:') > 0
LIMIT 1;

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
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5) AND status_code = 2
GROUP BY type
ORDER BY n DESC, type
LIMIT 20;

SELECT operation, kind, toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets
FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5) AND (operation, kind) IN (
  SELECT operation, kind FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5) GROUP BY operation, kind ORDER BY sum(duration_ns) DESC LIMIT 100
)
GROUP BY operation, kind, step;

SELECT peer, kind, toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets
FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (3, 4) AND peer IN (SELECT peer FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (3, 4) GROUP BY peer ORDER BY sum(duration_ns) DESC LIMIT 50)
GROUP BY peer, kind, step;

SELECT service, environment, version, step, min(atMs) AS first, max(atMs) AS last, sum(count) AS n
FROM (
  SELECT service, environment, version, count, toInt64(toUnixTimestamp(minute)) * 1000 AS atMs, if(atMs < {rangeFromMs:Int64}, 0, intDiv(atMs - {rangeFromMs:Int64}, {stepMs:Int64}) + 1) AS step
  FROM operation_minutes
  WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String} AND environment = {env:String} AND (service, environment) IN (SELECT service, environment FROM operation_minutes WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String} AND environment = {env:String} GROUP BY service, environment HAVING uniqExact(version) > 1)
)
GROUP BY service, environment, version, step
ORDER BY step, first, version LIMIT {limit:UInt32};

SELECT toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets
FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5)
GROUP BY step;

SELECT toString(id) AS resource, any(version) AS version,
  any(mapFilter((k, v) -> k IN ('service.instance.id', 'host.name', 'process.runtime.name', 'process.runtime.version'), attrs)) AS facts
FROM resources
WHERE workspace = {workspace:String} AND service = {service:String}
GROUP BY id;

SELECT toString(resource_id) AS resource, toUnixTimestamp64Milli(max(ts)) AS last
FROM spans
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
GROUP BY resource_id
ORDER BY last DESC, resource
LIMIT 200;

SELECT version, groupUniqArray(100)(environment) AS environments,
  toInt64(toUnixTimestamp(min(minute))) AS first, toInt64(toUnixTimestamp(max(minute))) AS last
FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String} AND environment = {env:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
GROUP BY version
ORDER BY first, version;
