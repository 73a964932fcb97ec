-- How many runs succeeded in a row: a check may need several to be up again.
ALTER TABLE check_status ADD COLUMN successes_in_row INTEGER NOT NULL DEFAULT 0;

-- From when to when a check was down. Times are milliseconds since 1970; NULL: it still is.
CREATE TABLE check_outages (
  workspace TEXT NOT NULL,
  id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER,
  PRIMARY KEY (workspace, id, from_ms)
) STRICT;

-- What is down as this is applied has been since then.
INSERT INTO check_outages (workspace, id, from_ms)
SELECT workspace, id, since_ms FROM check_status WHERE state = 'down' AND since_ms IS NOT NULL;
