-- What fingerprints are once source maps were applied: errors with the same `mapped` are one.
CREATE TABLE error_mapped (
  workspace TEXT NOT NULL,
  -- The fingerprint; where that tells only the message (stacks of minified bundles), the fingerprint XOR the hash of the stack.
  id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  -- The fingerprint of the stack as it was written. A row where all three are the same says that an error came with it.
  mapped TEXT NOT NULL,
  version TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  -- Somebody took it out again.
  is_apart INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, id)
) STRICT;
