-- What came with telemetry and is kept as it came: attachments, profiles, replays.

CREATE TABLE raw_files (
  workspace LowCardinality(String),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  kind LowCardinality(String),
  name String,
  content_type LowCardinality(String),
  service LowCardinality(String),
  environment LowCardinality(String),
  version LowCardinality(String),
  trace_id FixedString(16),
  attrs Map(LowCardinality(String), String),
  data String CODEC(ZSTD(3)),
  received Date
) ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (workspace, kind, service, ts)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, index_granularity = 64;
