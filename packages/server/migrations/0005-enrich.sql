-- Errors that come from the same place have the same fingerprint, whether they were recorded on a span or logged; 0: no error.
-- 64 bits of a hash of the error's type and the service's own frames, or of its message where there is no stack trace. Rows stored before have 0.

ALTER TABLE spans ADD COLUMN error_fingerprint UInt64 CODEC(ZSTD(1));

ALTER TABLE logs ADD COLUMN error_fingerprint UInt64 CODEC(ZSTD(1));
