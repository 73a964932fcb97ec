SELECT toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types, scope_name AS scopeName, scope_version AS scopeVersion, version, environment, toString(resource_id) AS resourceId
FROM logs
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND ts = fromUnixTimestamp64Nano({time:Int64}, 'UTC') AND id = {id:UInt64}
LIMIT 1;
