-- Who was hurt by an error is asked of many rows at once, and rows of one error are looked up among all: neither reads whole maps of attributes. The engine works out who it was when rows are stored.

ALTER TABLE spans ADD COLUMN user_id String MATERIALIZED attrs['user.id'] CODEC(ZSTD(1));

ALTER TABLE logs ADD COLUMN user_id String MATERIALIZED attrs['user.id'] CODEC(ZSTD(1));

ALTER TABLE spans ADD INDEX by_error error_fingerprint TYPE bloom_filter(0.01) GRANULARITY 1;

ALTER TABLE logs ADD INDEX by_error error_fingerprint TYPE bloom_filter(0.01) GRANULARITY 1;
