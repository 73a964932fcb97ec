-- The first schema. Statements end with a semicolon at a line's end; the runner executes them one by one.
-- Every table carries `received` (the day the receiver took the bytes in): retention counts from it, never from `ts`.

CREATE TABLE spans (
  workspace LowCardinality(String),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  duration_ns UInt64 CODEC(T64, ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(NONE),
  parent_span_id FixedString(8) CODEC(ZSTD(1)),
  trace_state String CODEC(ZSTD(1)),
  service LowCardinality(String),
  name LowCardinality(String),
  kind UInt8,
  status_code UInt8,
  status_message String CODEC(ZSTD(1)),
  error_type LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  tenant_id LowCardinality(String),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  resource_id UInt64 CODEC(ZSTD(1)),
  attrs Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attr_types LowCardinality(String),
  events String CODEC(ZSTD(3)),
  links String CODEC(ZSTD(3)),
  received Date,
  INDEX by_trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX by_attr_value mapValues(attrs) TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, toStartOfHour(ts), service, name, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, index_granularity = 2048;

CREATE TABLE logs (
  workspace LowCardinality(String),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  id UInt64 CODEC(Delta(8), ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(ZSTD(1)),
  trace_flags UInt32 CODEC(ZSTD(1)),
  severity_number UInt8,
  severity_text LowCardinality(String),
  body String CODEC(ZSTD(1)),
  event_name LowCardinality(String),
  service LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  tenant_id LowCardinality(String),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  resource_id UInt64 CODEC(ZSTD(1)),
  attrs Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attr_types LowCardinality(String),
  received Date,
  INDEX by_trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX by_attr_value mapValues(attrs) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_word body TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, toStartOfHour(ts), service, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

-- A resource's attributes, once per resource and day; spans, logs and series name it by `id`
-- (64-bit hash of its sorted attributes; the same everywhere).
CREATE TABLE resources (
  workspace LowCardinality(String),
  id UInt64,
  service LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  attrs Map(LowCardinality(String), String),
  attr_types LowCardinality(String),
  last_seen DateTime64(3, 'UTC'),
  received Date
) ENGINE = ReplacingMergeTree(last_seen)
ORDER BY (workspace, id)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE metric_series (
  workspace LowCardinality(String),
  metric LowCardinality(String),
  id UInt64,
  type LowCardinality(String),
  temporality LowCardinality(String),
  monotonic Bool,
  unit LowCardinality(String),
  description LowCardinality(String),
  service LowCardinality(String),
  scope_name LowCardinality(String),
  resource_id UInt64,
  attrs Map(LowCardinality(String), String),
  last_seen DateTime64(3, 'UTC'),
  received Date
) ENGINE = ReplacingMergeTree(last_seen)
ORDER BY (workspace, metric, id)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE metric_samples (
  workspace LowCardinality(String),
  metric LowCardinality(String),
  id UInt64 CODEC(ZSTD(1)),
  ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  value Float64 CODEC(ZSTD(3)),
  received Date
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, metric, id, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

-- OTLP histograms as they came. scale = -128: explicit `bounds` and their `counts`; else an exponential histogram.
CREATE TABLE metric_histograms (
  workspace LowCardinality(String),
  metric LowCardinality(String),
  id UInt64 CODEC(ZSTD(1)),
  ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  start_ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  count UInt64 CODEC(ZSTD(1)),
  sum Float64 CODEC(ZSTD(1)),
  min Float64 CODEC(ZSTD(1)),
  max Float64 CODEC(ZSTD(1)),
  scale Int16,
  zero_threshold Float64 CODEC(ZSTD(1)),
  zero_count UInt64 CODEC(ZSTD(1)),
  bounds Array(Float64) CODEC(ZSTD(1)),
  counts Array(UInt64) CODEC(ZSTD(1)),
  positive_offset Int32 CODEC(ZSTD(1)),
  positive_counts Array(UInt64) CODEC(ZSTD(1)),
  negative_offset Int32 CODEC(ZSTD(1)),
  negative_counts Array(UInt64) CODEC(ZSTD(1)),
  received Date
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, metric, id, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

CREATE TABLE exemplars (
  workspace LowCardinality(String),
  metric LowCardinality(String),
  id UInt64,
  ts DateTime64(9, 'UTC'),
  value Float64,
  trace_id FixedString(16),
  span_id FixedString(8),
  attrs Map(LowCardinality(String), String),
  received Date
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, metric, id, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

-- Rate, errors and durations per minute, made by the receiver from every span before any sampling.
-- Rows of one key are summed when parts merge, and always again when they are read.
-- kind: 2 server, 3 client, 4 producer, 5 consumer (internal spans make no row).
-- peer: for client and producer rows, what was called ('postgresql orders', 'redis', 'payments:8080'); else ''.
-- durations: bucket -> count; bucket = floor(8 * log2(duration in ns)), 0 for 0 ns.
CREATE TABLE red_minutes (
  workspace LowCardinality(String),
  minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  service LowCardinality(String),
  operation LowCardinality(String),
  kind UInt8,
  peer LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  tenant_id LowCardinality(String),
  count SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64),
  duration_ns SimpleAggregateFunction(sum, UInt64),
  durations SimpleAggregateFunction(sumMap, Map(UInt16, UInt64)),
  received SimpleAggregateFunction(max, Date)
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (workspace, toStartOfHour(minute), service, minute, operation, kind, peer, environment, version, tenant_id)
TTL received + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
