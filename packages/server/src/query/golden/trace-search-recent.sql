SELECT groupUniqArrayIf(5001)(id, (attrs[{q2:String}] = {q3:String})) AS r0, groupUniqArrayIf(5001)(id, (attrs[{q4:String}] = {q5:String})) AS r1, groupUniqArrayIf(5001)(id, (mapContains(attrs, {q7:String}) AND attrs[{q7:String}] LIKE {q8:String})) AS r2, groupUniqArrayIf(5001)(id, ifNull(toFloat64OrNull(attrs[{q9:String}]) >= {q10:Float64}, false)) AS r3 FROM resources WHERE workspace = {workspace:String};

SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(max(ts)) AS key
FROM spans
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND environment = {env:String} AND (service = {q0:String} AND (status_code IN (2) OR duration_ns > {q1:UInt64}) AND (attrs[{q2:String}] = {q3:String} AND has(mapValues(attrs), {q3:String})) AND NOT (((attrs[{q4:String}] = {q5:String} AND has(mapValues(attrs), {q5:String})) OR (NOT mapContains(attrs, {q4:String}) AND resource_id IN {r1:Array(UInt64)}))) AND (name ILIKE {q6:String} OR status_message ILIKE {q6:String}) AND (mapContains(attrs, {q7:String}) AND attrs[{q7:String}] LIKE {q8:String}) AND ifNull(toFloat64OrNull(attrs[{q9:String}]) >= {q10:Float64}, false) AND tenant_id != '' AND http_status LIKE {q11:String}) AND ts <= fromUnixTimestamp64Nano({afterKey:Int64}, 'UTC')
GROUP BY trace_id
HAVING (key, trace_id) < ({afterKey:Int64}, toFixedString(unhex({afterId:String}), 16))
ORDER BY key DESC, trace_id DESC
LIMIT {limit:UInt32};
