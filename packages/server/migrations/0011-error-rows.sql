-- What errors are asked about, apart from the many rows that are none, and together with those of the same error: a list of errors reads no spans or lines that went well,
-- and the newest events of one error, whose stacks are large, lie beside each other. The engine fills both with every insert, under the token of the block.
-- Each backfill begins anew when it is run a second time: nothing else writes to these tables before their views are there.

CREATE TABLE error_lines (
  workspace LowCardinality(String),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  id UInt64 CODEC(ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(ZSTD(1)),
  body String CODEC(ZSTD(1)),
  service LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  tenant_id LowCardinality(String),
  user_id String CODEC(ZSTD(1)),
  attrs Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attr_types LowCardinality(String),
  error_fingerprint UInt64 CODEC(ZSTD(1)),
  error_variant UInt64 CODEC(ZSTD(1)),
  received Date
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, error_fingerprint, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, index_granularity = 512;

CREATE TABLE error_spans (
  workspace LowCardinality(String),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(ZSTD(1)),
  service LowCardinality(String),
  name LowCardinality(String),
  status_message String CODEC(ZSTD(1)),
  error_type LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  tenant_id LowCardinality(String),
  user_id String CODEC(ZSTD(1)),
  attrs Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attr_types LowCardinality(String),
  events String CODEC(ZSTD(3)),
  error_fingerprint UInt64 CODEC(ZSTD(1)),
  error_variant UInt64 CODEC(ZSTD(1)),
  received Date
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, error_fingerprint, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, index_granularity = 512;

TRUNCATE TABLE error_lines; INSERT INTO error_lines (workspace, ts, id, trace_id, span_id, body, service, environment, version, tenant_id, user_id, attrs, attr_types, error_fingerprint, error_variant, received)
SELECT workspace, ts, id, trace_id, span_id, body, service, environment, version, tenant_id, user_id, attrs, attr_types, error_fingerprint, error_variant, received
FROM logs WHERE error_fingerprint != 0
SETTINGS max_partitions_per_insert_block = 0, max_execution_time = 0;

TRUNCATE TABLE error_spans; INSERT INTO error_spans (workspace, ts, trace_id, span_id, service, name, status_message, error_type, environment, version, tenant_id, user_id, attrs, attr_types, events, error_fingerprint, error_variant, received)
SELECT workspace, ts, trace_id, span_id, service, name, status_message, error_type, environment, version, tenant_id, user_id, attrs, attr_types, events, error_fingerprint, error_variant, received
FROM spans WHERE error_fingerprint != 0
SETTINGS max_partitions_per_insert_block = 0, max_execution_time = 0;

CREATE MATERIALIZED VIEW error_lines_of_logs TO error_lines AS
SELECT workspace, ts, id, trace_id, span_id, body, service, environment, version, tenant_id, user_id, attrs, attr_types, error_fingerprint, error_variant, received
FROM logs WHERE error_fingerprint != 0;

CREATE MATERIALIZED VIEW error_spans_of_spans TO error_spans AS
SELECT workspace, ts, trace_id, span_id, service, name, status_message, error_type, environment, version, tenant_id, user_id, attrs, attr_types, events, error_fingerprint, error_variant, received
FROM spans WHERE error_fingerprint != 0;
