-- How far people are with what the note of the status page tells: '' for what is no incident.
ALTER TABLE status_pages ADD COLUMN stage TEXT NOT NULL DEFAULT '' CHECK (stage IN ('', 'investigating', 'identified', 'resolved'));

-- What was told on the status page, and when (milliseconds since 1970).
CREATE TABLE status_updates (
  workspace TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  stage TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (workspace, at_ms)
) STRICT;
