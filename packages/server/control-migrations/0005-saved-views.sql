-- Pages that people named, with their filters: what they would otherwise send each other as links. Times are milliseconds since 1970.
CREATE TABLE saved_views (
  workspace TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Path and query of the page, as in the address bar.
  address TEXT NOT NULL,
  saved_ms INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT;
CREATE UNIQUE INDEX saved_views_by_name ON saved_views (workspace, name);
