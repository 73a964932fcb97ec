-- What is wrong with how traces run: one row per finding, trace and request in it, made by the server as traces complete (`src/findings`).
-- A trace that is looked at again, since more of it came or the server was restarted, replaces its rows.
-- finding: 64 bits of a hash of kind, service, route and subject. lost_ns: time that the trace would have been shorter, at a guess.
-- weight: so many traces the row stands for. facts: JSON, what pages and rewrites need besides.

CREATE TABLE findings (
  workspace LowCardinality(String),
  ts DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  finding UInt64,
  kind LowCardinality(String),
  service LowCardinality(String),
  route LowCardinality(String),
  subject String CODEC(ZSTD(1)),
  environment LowCardinality(String),
  version LowCardinality(String),
  tenant_id LowCardinality(String),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(ZSTD(1)),
  spans String CODEC(ZSTD(1)),
  times UInt32 CODEC(T64, ZSTD(1)),
  lost_ns UInt64 CODEC(T64, ZSTD(1)),
  weight Float32 CODEC(ZSTD(1)),
  facts String CODEC(ZSTD(3)),
  analysed DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  received Date,
  INDEX by_trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = ReplacingMergeTree(analysed)
PARTITION BY toDate(ts)
ORDER BY (workspace, toStartOfHour(ts), finding, trace_id, span_id)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;
