SELECT CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM resources
WHERE workspace = {workspace:String} AND id = {resourceId:UInt64}
LIMIT 1;

SELECT lower(hex(parent_span_id)) AS parent, trace_state AS traceState, service, name, kind, status_code AS status, status_message AS message,
  toUnixTimestamp64Nano(ts) AS start, toUnixTimestamp64Nano(ts) + toInt64(duration_ns) AS end, scope_name AS scopeName, scope_version AS scopeVersion,
  CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types, events, links, toString(resource_id) AS resourceId
FROM spans
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16) AND span_id = toFixedString(unhex({spanId:String}), 8)
LIMIT 1;
