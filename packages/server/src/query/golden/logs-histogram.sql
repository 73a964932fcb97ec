SELECT groupUniqArrayIf(5001)(id, (attrs[{q0:String}] = {q1:String})) AS r0, groupUniqArrayIf(5001)(id, (attrs[{q2:String}] = {q3:String})) AS r1 FROM resources WHERE workspace = {workspace:String};

SELECT intDiv(toUnixTimestamp64Milli(ts), {stepMs:Int64}) * {stepMs:Int64} AS step, least(intDiv(severity_number + 3, 4), 6) AS level, count() AS n
FROM logs
WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND environment = {env:String} AND (severity_number >= 13 AND ((attrs[{q0:String}] = {q1:String} AND has(mapValues(attrs), {q1:String})) OR (NOT mapContains(attrs, {q0:String}) AND resource_id IN {r0:Array(UInt64)})) AND NOT ((attrs[{q2:String}] = {q3:String} AND has(mapValues(attrs), {q3:String}))) AND body ILIKE {q4:String} AND trace_id = toFixedString(unhex({q5:String}), 16))
GROUP BY step, level;
