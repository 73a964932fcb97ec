-- `red_minutes` without tenants: pages ask by service, operation and what is called, and with many tenants these are a small part of the rows.
-- The engine fills it with every insert, under the token of the block. The backfill begins anew when it is run a second time.

CREATE TABLE operation_minutes (
  workspace LowCardinality(String),
  minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  service LowCardinality(String),
  operation LowCardinality(String),
  kind UInt8,
  peer LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  count SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64),
  duration_ns SimpleAggregateFunction(sum, UInt64),
  durations SimpleAggregateFunction(sumMap, Map(UInt16, UInt64)),
  received SimpleAggregateFunction(max, Date)
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (workspace, toStartOfHour(minute), service, minute, operation, kind, peer, environment, version)
TTL received + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

TRUNCATE TABLE operation_minutes; INSERT INTO operation_minutes (workspace, minute, service, operation, kind, peer, environment, version, count, errors, duration_ns, durations, received)
SELECT workspace, minute, service, operation, kind, peer, environment, version, count, errors, duration_ns, durations, received FROM red_minutes
SETTINGS max_partitions_per_insert_block = 0, max_execution_time = 0;

CREATE MATERIALIZED VIEW operation_minutes_of_red TO operation_minutes AS
SELECT workspace, minute, service, operation, kind, peer, environment, version, count, errors, duration_ns, durations, received FROM red_minutes;
