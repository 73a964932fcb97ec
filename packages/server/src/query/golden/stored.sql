SELECT 1 AS one
FROM logs
WHERE workspace = {workspace:String}
LIMIT 1;

SELECT 1 AS one
FROM metric_series
WHERE workspace = {workspace:String}
LIMIT 1;

SELECT lower(hex(trace_id)) AS id
FROM spans
WHERE workspace = {workspace:String}
LIMIT 1;

SELECT toString(sum(bytes_on_disk)) AS bytes
FROM system.parts
WHERE active AND database = currentDatabase() AND {workspace:String} != '';
