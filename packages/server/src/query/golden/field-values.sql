SELECT attrs[{key:String}] AS value, count() AS n
FROM resources
WHERE workspace = {workspace:String} AND value != '' AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value
ORDER BY n DESC, value
LIMIT 50;

SELECT value, round(sum(weight)) AS n
FROM (SELECT attrs[{key:String}] AS value, weight FROM spans WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') LIMIT 200000)
WHERE value != '' AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value
ORDER BY n DESC, value
LIMIT 50;
