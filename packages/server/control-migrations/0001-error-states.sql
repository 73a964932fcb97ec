-- What people say of an error; without a row it is open. Times are milliseconds since 1970.
CREATE TABLE error_states (
  workspace TEXT NOT NULL,
  -- The fingerprint as 16 hex digits.
  error TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('resolved', 'ignored')),
  since_ms INTEGER NOT NULL,
  -- Of a resolved one: the version that it came with last, when only another one brings it back.
  in_version TEXT,
  -- Of an ignored one: until then; NULL is for good.
  until_ms INTEGER,
  PRIMARY KEY (workspace, error)
) STRICT;
