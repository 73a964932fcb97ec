SELECT count() AS n, quantileExactWeighted(0.5)(toFloat64(duration_ns), toUInt32(round(weight))) AS median
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String} AND name = {name:String} AND kind = {kind:UInt8};

SELECT lower(hex(span_id)) AS id, lower(hex(parent_span_id)) AS parent, toUnixTimestamp64Nano(ts) AS start, duration_ns AS duration,
  service, name, kind, status_code AS status, tenant_id AS tenant, version, environment, http_status AS httpStatus,
  mapFilter((k, v) -> k IN ('user.id', 'enduser.id', 'db.system.name', 'db.system', 'db.namespace', 'db.name', 'messaging.system', 'messaging.destination.name', 'messaging.destination', 'service.peer.name', 'peer.service', 'server.address', 'net.peer.name', 'server.port', 'net.peer.port', 'db.query.summary', 'db.query.text', 'db.statement'), attrs) AS facts
FROM spans
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)
ORDER BY ts, span_id
LIMIT 10000;

SELECT lower(hex(span_id)) AS span, count() AS n
FROM logs
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)
GROUP BY span;
