SELECT toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM logs
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String}
  AND (ts, id) <= (fromUnixTimestamp64Nano({time:Int64}, 'UTC'), {id:UInt64})
ORDER BY ts DESC, id DESC
LIMIT {limit:UInt32};

SELECT toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM logs
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String}
  AND (ts, id) <= (fromUnixTimestamp64Nano({time:Int64}, 'UTC'), {id:UInt64})
ORDER BY ts DESC, id DESC
LIMIT {limit:UInt32};

SELECT toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM logs
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String}
  AND (ts, id) > (fromUnixTimestamp64Nano({time:Int64}, 'UTC'), {id:UInt64})
ORDER BY ts ASC, id ASC
LIMIT {limit:UInt32};

SELECT toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM logs
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String}
  AND (ts, id) > (fromUnixTimestamp64Nano({time:Int64}, 'UTC'), {id:UInt64})
ORDER BY ts ASC, id ASC
LIMIT {limit:UInt32};
