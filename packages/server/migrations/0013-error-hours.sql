-- A span that fails says for how many it stands, as in `spans`: an error that only spans tell of is counted by it. The rows are written anew, from the same spans.

ALTER TABLE error_spans ADD COLUMN IF NOT EXISTS weight Float32 DEFAULT 1 CODEC(ZSTD(1));

DROP VIEW IF EXISTS error_spans_of_spans;

TRUNCATE TABLE error_spans; INSERT INTO error_spans (workspace, ts, trace_id, span_id, service, name, status_message, error_type, environment, version, tenant_id, user_id, attrs, attr_types, events, error_fingerprint, error_variant, received, weight)
SELECT workspace, ts, trace_id, span_id, service, name, status_message, error_type, environment, version, tenant_id, user_id, attrs, attr_types, events, error_fingerprint, error_variant, received, weight
FROM spans WHERE error_fingerprint != 0
SETTINGS max_partitions_per_insert_block = 0, max_execution_time = 0;

CREATE MATERIALIZED VIEW error_spans_of_spans TO error_spans AS
SELECT workspace, ts, trace_id, span_id, service, name, status_message, error_type, environment, version, tenant_id, user_id, attrs, attr_types, events, error_fingerprint, error_variant, received, weight
FROM spans WHERE error_fingerprint != 0;

-- Rows of `error_lines` and `error_spans` by hour: a list of the errors of a day, and when each was first seen of all that is kept, read a small part of the rows.
-- The engine fills both with every insert, under the token of the block. Each backfill begins anew when it is run a second time.
-- count: rows, not events; `first` and `last` are exact.

CREATE TABLE error_line_hours (
  workspace LowCardinality(String),
  hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  error_fingerprint UInt64 CODEC(ZSTD(1)),
  error_variant UInt64 CODEC(ZSTD(1)),
  service LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  count SimpleAggregateFunction(sum, UInt64),
  first SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  received SimpleAggregateFunction(max, Date)
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(hour)
ORDER BY (workspace, error_fingerprint, hour, service, environment, version, error_variant)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, index_granularity = 1024;

CREATE TABLE error_span_hours (
  workspace LowCardinality(String),
  hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  error_fingerprint UInt64 CODEC(ZSTD(1)),
  error_variant UInt64 CODEC(ZSTD(1)),
  service LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  count SimpleAggregateFunction(sum, UInt64),
  first SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  received SimpleAggregateFunction(max, Date)
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(hour)
ORDER BY (workspace, error_fingerprint, hour, service, environment, version, error_variant)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, index_granularity = 1024;

TRUNCATE TABLE error_line_hours; INSERT INTO error_line_hours (workspace, hour, error_fingerprint, error_variant, service, environment, version, count, first, last, received)
SELECT workspace, toStartOfHour(ts), error_fingerprint, error_variant, service, environment, version, 1, ts, ts, received FROM error_lines
SETTINGS max_partitions_per_insert_block = 0, max_execution_time = 0;

TRUNCATE TABLE error_span_hours; INSERT INTO error_span_hours (workspace, hour, error_fingerprint, error_variant, service, environment, version, count, first, last, received)
SELECT workspace, toStartOfHour(ts), error_fingerprint, error_variant, service, environment, version, 1, ts, ts, received FROM error_spans
SETTINGS max_partitions_per_insert_block = 0, max_execution_time = 0;

CREATE MATERIALIZED VIEW error_line_hours_of_lines TO error_line_hours AS
SELECT workspace, toStartOfHour(ts) AS hour, error_fingerprint, error_variant, service, environment, version, toUInt64(1) AS count, ts AS first, ts AS last, received FROM error_lines;

CREATE MATERIALIZED VIEW error_span_hours_of_spans TO error_span_hours AS
SELECT workspace, toStartOfHour(ts) AS hour, error_fingerprint, error_variant, service, environment, version, toUInt64(1) AS count, ts AS first, ts AS last, received FROM error_spans;
