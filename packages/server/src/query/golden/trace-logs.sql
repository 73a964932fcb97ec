SELECT toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM logs
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16) AND span_id = toFixedString(unhex({spanId:String}), 8)
ORDER BY ts, id
LIMIT 1001;
