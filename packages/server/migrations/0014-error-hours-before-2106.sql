-- Hours end in February 2106 and begin anew at 1970: an error of a clock that is 136 years ahead was counted in an hour of today, which then ended in 2162. No range reaches it, so its rows alone tell of it.

DROP VIEW IF EXISTS error_line_hours_of_lines;

CREATE MATERIALIZED VIEW error_line_hours_of_lines TO error_line_hours AS
SELECT workspace, toStartOfHour(ts) AS hour, error_fingerprint, error_variant, service, environment, version, toUInt64(1) AS count, ts AS first, ts AS last, received FROM error_lines
WHERE ts < toDateTime64('2106-02-07 00:00:00', 9, 'UTC');

DROP VIEW IF EXISTS error_span_hours_of_spans;

CREATE MATERIALIZED VIEW error_span_hours_of_spans TO error_span_hours AS
SELECT workspace, toStartOfHour(ts) AS hour, error_fingerprint, error_variant, service, environment, version, toUInt64(1) AS count, ts AS first, ts AS last, received FROM error_spans
WHERE ts < toDateTime64('2106-02-07 00:00:00', 9, 'UTC');
