-- {count} spans from {offset} on, spread evenly over the 24 hours before {to_ms}: 20 services, 50 routes, 12 attributes, traces of 10.
INSERT INTO bellwether.spans
SELECT
  'default' AS workspace,
  fromUnixTimestamp64Nano((toInt64({to_ms}) - 86400000) * 1000000 + toInt64(n * (86400000000000 / {total})) + toInt64(h % 1000000), 'UTC') AS ts,
  toUInt64(exp(2 + (h % 1000) / 500 + if(h % 20 = 0, 3, 0)) * 1e5) AS duration_ns,
  unhex(concat(leftPad(lower(hex(cityHash64(trace, 1))), 16, '0'), leftPad(lower(hex(cityHash64(trace, 2))), 16, '0'))) AS trace_id,
  unhex(leftPad(lower(hex(cityHash64(n, 3))), 16, '0')) AS span_id,
  if(n % 10 = 0, unhex('0000000000000000'), unhex(leftPad(lower(hex(cityHash64(trace * 10, 3))), 16, '0'))) AS parent_span_id,
  '' AS trace_state,
  concat('service-', toString(s)) AS service,
  concat(m, ' ', route) AS name,
  if(n % 10 = 0, 2, [2, 3, 1][(n % 3) + 1]) AS kind,
  if(h % 33 = 0, 2, 0) AS status_code,
  '' AS status_message,
  if(h % 33 = 0, 'Error', '') AS error_type,
  'production' AS environment,
  concat('1.', toString(s % 5), '.0') AS version,
  concat('tenant-', toString(h % 40)) AS tenant_id,
  'bench' AS scope_name,
  '' AS scope_version,
  cityHash64(s) AS resource_id,
  map(
    'http.request.method', m,
    'http.route', route,
    'http.response.status_code', if(h % 33 = 0, '500', '200'),
    'url.path', replaceOne(route, ':id', toString(h % 100000)),
    'server.address', concat('service-', toString(s), '.internal'),
    'user_agent.original', ['Mozilla/5.0 (X11; Linux x86_64)', 'okhttp/5.1.0', 'undici', 'curl/8.9.1'][(h % 4) + 1],
    'client.address', concat('10.', toString(h % 256), '.', toString((h / 256) % 256), '.7'),
    'user.id', concat('user-', toString(h % 50000)),
    'network.protocol.version', '1.1',
    'k8s.pod.name', concat('service-', toString(s), '-7d9f8b6c5-', toString(h % 30)),
    'tenant.id', concat('tenant-', toString(h % 40)),
    'order.id', concat('o-', toString(h % 1000000007))
  ) AS attrs,
  'ssisssssssss' AS attr_types,
  '' AS events,
  '' AS links,
  today() AS received,
  if(h % 33 = 0, '500', '200') AS http_status,
  0 AS error_fingerprint,
  1 AS weight
FROM (
  SELECT
    number + {offset} AS n,
    intDiv(number + {offset}, 10) AS trace,
    cityHash64(number + {offset}, 7) AS h,
    h % 20 AS s,
    ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'][(h % 6) + 1] AS m,
    concat('/v1/', ['items', 'orders', 'carts', 'users', 'sessions'][(h % 5) + 1], '/:id/part', toString(h % 50)) AS route
  FROM numbers({count})
)
SETTINGS max_partitions_per_insert_block = 0, max_insert_threads = 2
