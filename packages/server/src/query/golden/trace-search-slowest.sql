SELECT lower(hex(trace_id)) AS id, toInt64(max(duration_ns)) AS key
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND true AND true
GROUP BY trace_id
ORDER BY key DESC, trace_id DESC
LIMIT {limit:UInt32};

SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(min(ts)) AS start, max(toUnixTimestamp64Nano(ts) + toInt64(duration_ns)) AS end,
  count() AS spans, countIf(status_code = 2) AS failed, groupUniqArray(50)(service) AS services,
  argMin((service, name, tenant_id, parent_span_id = unhex('0000000000000000'), toUnixTimestamp64Nano(ts)),
    (parent_span_id != unhex('0000000000000000'), ts, span_id)) AS first,
  anyIf(tenant_id, tenant_id != '') AS tenant
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY trace_id;

SELECT lower(hex(trace_id)) AS trace, if(attrs['http.response.status_code'] != '', attrs['http.response.status_code'], attrs['http.status_code']) AS httpStatus
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
  AND toStartOfHour(ts) IN (SELECT toStartOfHour(fromUnixTimestamp64Nano(arrayJoin({times:Array(Int64)}), 'UTC')))
  AND service IN {services:Array(String)} AND name IN {names:Array(String)}
  AND ts IN (SELECT fromUnixTimestamp64Nano(arrayJoin({times:Array(Int64)}), 'UTC'))
  AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16));
