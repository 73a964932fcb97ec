-- What people say of a finding; without a row it is open. Times are milliseconds since 1970.
CREATE TABLE finding_states (
  workspace TEXT NOT NULL,
  -- The fingerprint as 16 hex digits.
  finding TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('resolved', 'ignored')),
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (workspace, finding)
) STRICT;

-- Until when traces were looked at for findings, so that a restart leaves none out.
CREATE TABLE findings_progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  analysed_ms INTEGER NOT NULL
) STRICT;
