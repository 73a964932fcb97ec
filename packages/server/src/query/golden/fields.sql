SELECT pair.1 AS key, count() AS n, any(pair.2) AS example
FROM resources
ARRAY JOIN CAST(attrs, 'Array(Tuple(String, String))') AS pair
WHERE workspace = {workspace:String} AND startsWith(lowerUTF8(key), lowerUTF8({bare:String}))
GROUP BY key
ORDER BY n DESC, key
LIMIT 200;

SELECT pair.1 AS key, count() AS n, countIf(toFloat64OrNull(pair.2) IS NOT NULL) AS numbers, any(pair.2) AS example
FROM (SELECT attrs FROM spans WHERE workspace = {workspace:String} AND toStartOfHour(ts) >= toStartOfHour(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')) AND toStartOfHour(ts) <= toStartOfHour(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')) AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC') LIMIT 20000)
ARRAY JOIN CAST(attrs, 'Array(Tuple(String, String))') AS pair
WHERE startsWith(lowerUTF8(key), lowerUTF8({prefix:String}))
GROUP BY key
ORDER BY n DESC, key
LIMIT 200;
