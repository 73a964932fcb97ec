-- Prometheus' native histograms may have fractional counts. Counts of before are converted; above 2^53 they lose their last digits.
-- Their series have the labels as they were sent in `attrs`, without `__name__`, which is `metric`; `service` is the label job; resource_id is 0.
-- scale = -53: custom buckets, as -128; else indexes are OpenTelemetry's: bucket 0 begins at 1.
-- reset_hint: 0 unknown, 1 a counter reset came before it, 2 none came, 3 a gauge.

ALTER TABLE metric_histograms MODIFY COLUMN count Float64 CODEC(ZSTD(1));

ALTER TABLE metric_histograms MODIFY COLUMN zero_count Float64 CODEC(ZSTD(1));

ALTER TABLE metric_histograms MODIFY COLUMN counts Array(Float64) CODEC(ZSTD(1));

ALTER TABLE metric_histograms MODIFY COLUMN positive_counts Array(Float64) CODEC(ZSTD(1));

ALTER TABLE metric_histograms MODIFY COLUMN negative_counts Array(Float64) CODEC(ZSTD(1));

ALTER TABLE metric_histograms ADD COLUMN reset_hint UInt8;

-- What a Prometheus server says of metric families when it does not say it with each series (remote write 1.0).
CREATE TABLE metric_metadata (
  workspace LowCardinality(String),
  metric LowCardinality(String),
  type LowCardinality(String),
  unit LowCardinality(String),
  help LowCardinality(String),
  last_seen DateTime64(3, 'UTC'),
  received Date
) ENGINE = ReplacingMergeTree(last_seen)
ORDER BY (workspace, metric)
TTL received + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
