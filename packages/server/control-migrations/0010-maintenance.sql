-- Failed runs of a day that fell into maintenance: they count neither as runs nor as failed.
ALTER TABLE check_days ADD COLUMN maintenance INTEGER NOT NULL DEFAULT 0;

-- Windows that were made in the pages; those of the configuration file are not here.
CREATE TABLE maintenance_windows (
  workspace TEXT NOT NULL,
  id TEXT NOT NULL,
  -- JSON, as the API takes it.
  definition TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT;
