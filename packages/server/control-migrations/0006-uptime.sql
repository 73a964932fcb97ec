-- Checks that were made in the pages; those of the configuration file are not here. Times are milliseconds since 1970.
CREATE TABLE checks (
  workspace TEXT NOT NULL,
  id TEXT NOT NULL,
  -- JSON, as the API takes it.
  definition TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT;

-- How every check stands, of the file too, so that a restart goes on where it was.
CREATE TABLE check_status (
  workspace TEXT NOT NULL,
  id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('up', 'down', 'pending')),
  since_ms INTEGER,
  failures_in_row INTEGER NOT NULL,
  -- Of a heartbeat: what its address ends with, when it was made, and when the job called last.
  token TEXT,
  made_ms INTEGER NOT NULL,
  beat_ms INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT;

CREATE UNIQUE INDEX check_status_by_token ON check_status (token);

CREATE TABLE check_runs (
  workspace TEXT NOT NULL,
  id TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  is_up INTEGER NOT NULL,
  -- JSON of the run.
  run TEXT NOT NULL
) STRICT;

CREATE INDEX check_runs_by_time ON check_runs (workspace, id, started_ms);

CREATE TABLE check_days (
  workspace TEXT NOT NULL,
  id TEXT NOT NULL,
  -- UTC, as 2026-11-21.
  day TEXT NOT NULL,
  runs INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  PRIMARY KEY (workspace, id, day)
) STRICT;

CREATE TABLE status_pages (
  workspace TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL
) STRICT;
