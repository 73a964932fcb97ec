SELECT lower(hex(trace_id)) AS id, toInt64(max(duration_ns)) AS key
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND true AND true
GROUP BY trace_id
ORDER BY key DESC, trace_id DESC
LIMIT {limit:UInt32};

SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(min(ts)) AS start, max(toUnixTimestamp64Nano(ts) + toInt64(duration_ns)) AS end,
  count() AS spans, countIf(status_code = 2) AS failed, groupUniqArray(50)(service) AS services,
  argMin((service, name, http_status, tenant_id, parent_span_id = unhex('0000000000000000')),
    (parent_span_id != unhex('0000000000000000'), ts, span_id)) AS first,
  anyIf(tenant_id, tenant_id != '') AS tenant
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY trace_id;
