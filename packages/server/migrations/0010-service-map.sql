-- Who calls whom per minute: `red_minutes` without operations, versions and tenants, so that a day of it is read in no time.
-- The engine fills it with every insert, under the token of the block. Consumers have as `peer` the queue that they take from.

CREATE TABLE map_minutes (
  workspace LowCardinality(String),
  minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
  service LowCardinality(String),
  kind UInt8,
  peer LowCardinality(String),
  environment LowCardinality(String),
  count SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64),
  duration_ns SimpleAggregateFunction(sum, UInt64),
  durations SimpleAggregateFunction(sumMap, Map(UInt16, UInt64)),
  received SimpleAggregateFunction(max, Date)
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(minute)
ORDER BY (workspace, toStartOfHour(minute), minute, service, kind, peer, environment)
TTL received + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW map_minutes_of_red TO map_minutes AS
SELECT workspace, minute, service, kind, peer, environment, count, errors, duration_ns, durations, received FROM red_minutes;

-- Which service answers behind an address that another calls, by hour: found in the spans of both, a sample of the calls of each minute.
-- calls: of that sample; it says how an address is shared, not how often it is called.
CREATE TABLE map_links (
  workspace LowCardinality(String),
  hour DateTime('UTC'),
  service LowCardinality(String),
  peer LowCardinality(String),
  called LowCardinality(String),
  calls SimpleAggregateFunction(max, UInt64),
  received SimpleAggregateFunction(max, Date)
) ENGINE = AggregatingMergeTree
PARTITION BY toDate(hour)
ORDER BY (workspace, hour, service, peer, called)
TTL received + INTERVAL 400 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
