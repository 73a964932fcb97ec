-- An ignored error is open again after so many events or users since then; with within_ms, when so many came within that time.
ALTER TABLE error_states ADD COLUMN until_events INTEGER;
ALTER TABLE error_states ADD COLUMN until_users INTEGER;
ALTER TABLE error_states ADD COLUMN within_ms INTEGER;

-- Who takes care of an error: a name, an address or a team.
CREATE TABLE error_owners (
  workspace TEXT NOT NULL,
  error TEXT NOT NULL,
  owner TEXT NOT NULL,
  PRIMARY KEY (workspace, error)
) STRICT;

-- `part` is counted as `whole`, which may be a part of another one itself. Without the row it is an error of its own again.
CREATE TABLE error_merges (
  workspace TEXT NOT NULL,
  part TEXT NOT NULL,
  whole TEXT NOT NULL,
  PRIMARY KEY (workspace, part)
) STRICT;

-- Events of a fingerprint with one way of getting there are an error of their own; `error` is the fingerprint XOR the hash of that stack.
CREATE TABLE error_splits (
  workspace TEXT NOT NULL,
  error TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (workspace, error)
) STRICT;

-- What was done with errors, in the order it was done. Rows are never changed.
CREATE TABLE error_activity (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace TEXT NOT NULL,
  error TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  who TEXT NOT NULL,
  act TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

CREATE INDEX error_activity_by_error ON error_activity (workspace, error, id);
