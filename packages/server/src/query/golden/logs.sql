SELECT groupUniqArrayIf(5001)(id, (attrs[{q0:String}] = {q1:String})) AS r0, groupUniqArrayIf(5001)(id, (attrs[{q2:String}] = {q3:String})) AS r1 FROM resources WHERE workspace = {workspace:String};

SELECT toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM logs
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND (severity_number >= 13 AND ((attrs[{q0:String}] = {q1:String} AND has(mapValues(attrs), {q1:String})) OR (NOT mapContains(attrs, {q0:String}) AND resource_id IN {r0:Array(UInt64)})) AND NOT ((attrs[{q2:String}] = {q3:String} AND has(mapValues(attrs), {q3:String}))) AND body ILIKE {q4:String} AND trace_id = toFixedString(unhex({q5:String}), 16)) AND (ts, id) < (fromUnixTimestamp64Nano({afterTime:Int64}, 'UTC'), {afterId:UInt64})
ORDER BY ts DESC, id DESC
LIMIT {limit:UInt32};
