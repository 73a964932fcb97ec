SELECT DISTINCT name, kind
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND service = {service:String}
ORDER BY name, kind
LIMIT 2000;

SELECT DISTINCT service
FROM operation_minutes
WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
ORDER BY service;

SELECT caller.service AS parent, called.service AS child, sum(called.weight) AS n
FROM (SELECT trace_id, parent_span_id, service, weight FROM spans WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND cityHash64(trace_id) % {oneOf:UInt32} = 0 AND kind IN (2, 5)) AS called
INNER JOIN (SELECT trace_id, span_id, service FROM spans WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND cityHash64(trace_id) % {oneOf:UInt32} = 0 AND kind IN (3, 4)) AS caller
ON called.trace_id = caller.trace_id AND called.parent_span_id = caller.span_id
WHERE parent != child
GROUP BY parent, child
ORDER BY parent, child;

SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, lower(hex(parent_span_id)) AS parent, trace_state AS traceState, service, name, kind,
  status_code AS status, status_message AS message, scope_name AS scopeName, scope_version AS scopeVersion, toUnixTimestamp64Nano(ts) AS start,
  duration_ns AS duration, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types, events, links, toString(resource_id) AS resourceId
FROM spans
WHERE workspace = {workspace:String} AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
ORDER BY ts, span_id
LIMIT 20000;

SELECT sum(count) AS n
FROM operation_minutes
WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC');

SELECT toString(id) AS resourceId, CAST(attrs, 'Array(Tuple(String, String))') AS pairs, attr_types AS types
FROM resources
WHERE workspace = {workspace:String} AND id IN {ids:Array(UInt64)}
LIMIT 1 BY id;
