-- The status code of HTTP spans in a column of its own: a list of traces shows it, and reading it from `attrs` costs a hundred times as much.
-- Spans stored before have it computed from their attributes.

ALTER TABLE spans ADD COLUMN http_status LowCardinality(String)
  DEFAULT if(attrs['http.response.status_code'] != '', attrs['http.response.status_code'], attrs['http.status_code']);
