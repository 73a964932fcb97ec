SELECT service, argMax(attrs['telemetry.sdk.language'], last_seen) AS language
FROM resources
WHERE workspace = {workspace:String}
GROUP BY service;

SELECT service, toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets
FROM operation_minutes
WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') AND kind IN (2, 5) AND environment = {env:String}
GROUP BY service, step;

SELECT service, version, groupUniqArray(100)(environment) AS environments,
  toInt64(toUnixTimestamp(min(minute))) AS first, toInt64(toUnixTimestamp(max(minute))) AS last
FROM operation_minutes
WHERE workspace = {workspace:String} AND toStartOfHour(minute) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(minute) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND minute >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND minute < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
GROUP BY service, version;
